#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace relcam {

/// Dimensions of a tensor, outermost first. Unknown dimensions do not exist after loading.
using Shape = std::vector<std::int64_t>;

/// No tensor may hold more elements than this: 2^30 floats are the 4 GB of a WebAssembly memory.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 30;

/// Product of the dimensions. Throws InvalidModel on a negative dimension or above kMaxElements.
std::size_t element_count(const Shape& shape);

/// "1x3x224x224"; "scalar" for rank 0.
std::string to_string(const Shape& shape);

/// Axis in [0, rank) for an ONNX axis in [-rank, rank). Throws InvalidModel otherwise.
std::size_t normalized_axis(std::int64_t axis, std::size_t rank);

/// NumPy broadcasting of two shapes. Throws InvalidModel when they do not fit.
Shape broadcast(const Shape& a, const Shape& b);

}  // namespace relcam
