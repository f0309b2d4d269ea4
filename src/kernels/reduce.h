#pragma once

#include <cstddef>
#include <span>

#include "kernels/broadcast.h"

namespace relcam {

/// Reductions see the larger tensor as the walk's result and the reduced one (with axes of extent
/// 1 kept) as its operand 0. Sums and means are `sum_stretched` of kernels/elementwise.h.

/// y = the largest x of each group.
void reduce_max(const BroadcastWalk& walk, std::span<const float> x, std::span<float> y);

/// The first element of each group that equals its maximum gets the group's dy, the others 0.
void reduce_max_gradient(const BroadcastWalk& walk, std::span<const float> x,
                         std::span<const float> y, std::span<const float> dy, std::span<float> dx);

/// ty = tx of the first element of each group that equals the group's maximum.
void reduce_max_tangent(const BroadcastWalk& walk, std::span<const float> x,
                        std::span<const float> y, std::span<const float> tx, std::span<float> ty);

}  // namespace relcam
