#include "ops/operation.h"

#include <algorithm>

#include "base/buffer.h"

namespace relcam {

namespace {

template <typename Float>
std::vector<std::span<Float>> slices(std::span<const std::span<Float>> stacked, std::size_t count,
                                     std::size_t index) {
  std::vector<std::span<Float>> result;
  for (const std::span<Float>& buffer : stacked) {
    const std::size_t size = buffer.size() / count;
    result.push_back(buffer.subspan(index * size, size));
  }
  return result;
}

/// Zeros in the shape of `like`, and the spans that operations take.
template <typename Span>
class Zeros {
 public:
  explicit Zeros(std::span<const Span> like) {
    for (const Span& one : like) {
      buffers_.emplace_back(one.size());
      std::ranges::fill(buffers_.back().floats(), 0.0F);
      spans_.push_back(buffers_.back().floats());
    }
  }

  std::span<const Span> spans() const { return spans_; }

 private:
  std::vector<Buffer> buffers_;
  std::vector<Span> spans_;
};

}  // namespace

/// With y = J x + c: J t = y(t) - y(0).
void Operation::jvp(const JvpArguments& arguments) {
  if (LinearMap* map = linear(); map != nullptr) {
    map->apply({}, arguments.input_tangents.front(), arguments.output_tangents.front(),
               Write::Assign);
    return;
  }
  const Zeros<std::span<const float>> nothing(arguments.input_tangents);
  const Zeros<std::span<float>> constants(arguments.output_tangents);
  forward(nothing.spans(), constants.spans(), {});
  forward(arguments.input_tangents, arguments.output_tangents, {});
  for (std::size_t i = 0; i < arguments.output_tangents.size(); ++i) {
    const std::span<float> tangent = arguments.output_tangents[i];
    const std::span<const float> constant = constants.spans()[i];
    for (std::size_t k = 0; k < tangent.size(); ++k) tangent[k] -= constant[k];
  }
}

void Operation::symmetric_jvp(const JvpArguments& arguments) {
  vjp({.inputs = arguments.inputs,
       .outputs = arguments.outputs,
       .output_gradients = arguments.input_tangents,
       .input_gradients = arguments.output_tangents});
}

std::vector<std::span<const float>> sample_of(ConstBuffers stacked, std::size_t count,
                                              std::size_t index) {
  return slices(stacked, count, index);
}

std::vector<std::span<float>> sample_of(Buffers stacked, std::size_t count, std::size_t index) {
  return slices(stacked, count, index);
}

void Operation::forward_batch(ConstBuffers inputs, Buffers outputs, std::size_t count,
                              Clamp clamp) {
  for (std::size_t k = 0; k < count; ++k) {
    forward(sample_of(inputs, count, k), sample_of(outputs, count, k), clamp);
  }
}

}  // namespace relcam
