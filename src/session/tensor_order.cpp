#include "session/tensor_order.h"

namespace relcam {

namespace {

std::size_t dimension(const Value& value, std::size_t axis) {
  return static_cast<std::size_t>((*value.shape)[axis]);
}

}  // namespace

std::vector<float> transpose_planes(std::span<const float> source, std::size_t count,
                                    std::size_t rows, std::size_t columns) {
  std::vector<float> result(source.size());
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t base = n * rows * columns;
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t r = 0; r < rows; ++r) {
        result[base + c * rows + r] = source[base + r * columns + c];
      }
    }
  }
  return result;
}

Shape onnx_shape(const Value& value) {
  const Shape& shape = value.shape.value();
  if (value.layout == Layout::Plain) return shape;
  return {shape[0], shape[3], shape[1], shape[2]};
}

std::vector<float> to_onnx_order(const Value& value, std::span<const float> physical) {
  if (value.layout == Layout::Plain) return {physical.begin(), physical.end()};
  return transpose_planes(physical, dimension(value, 0), dimension(value, 1) * dimension(value, 2),
                          dimension(value, 3));
}

std::vector<float> to_physical_order(const Value& value, std::span<const float> onnx) {
  if (value.layout == Layout::Plain) return {onnx.begin(), onnx.end()};
  return transpose_planes(onnx, dimension(value, 0), dimension(value, 3),
                          dimension(value, 1) * dimension(value, 2));
}

}  // namespace relcam
