#include "ops/operation.h"

#include <algorithm>

#include "base/buffer.h"

namespace relcam {

namespace {

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

}  // namespace relcam
