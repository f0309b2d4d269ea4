#pragma once

#include <array>
#include <cstddef>

#include "base/constant.h"
#include "base/shape.h"

namespace relcam {

using Permutation = std::array<std::size_t, 4>;

inline constexpr Permutation kUnchanged = {0, 1, 2, 3};
/// Physical position -> ONNX axis.
inline constexpr Permutation kToChannelsLast = {0, 2, 3, 1};
inline constexpr Permutation kToChannelsFirst = {0, 3, 1, 2};

/// result[i] = shape[permutation[i]]; rank 4.
Shape permuted(const Shape& shape, const Permutation& permutation);

/// Whether permuting a tensor of that shape leaves its bytes where they are (only axes of length 1
/// change places).
bool keeps_bytes(const Shape& shape, const Permutation& permutation);

/// The constant with its axes permuted; rank 4, any element type.
Constant permuted(const Constant& constant, const Permutation& permutation);

}  // namespace relcam
