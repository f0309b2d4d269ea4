#include "ops/operation.h"

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

}  // namespace

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
