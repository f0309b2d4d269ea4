#pragma once

#include <cstddef>

#include "kernels/linear_map.h"
#include "kernels/simd.h"

namespace relcam {

/// to[i] = part(from[i]); `to` may be `from`.
void map_weights(WeightPart part, const float* from, std::size_t count, float* to);

/// The same on one weight.
float mapped_weight(WeightPart part, float weight);

/// What is left to do for a part of weights after a clamp, which costs nothing while they are
/// copied: All, Positive and Negative need no more than that.
struct ClampedPart {
  simd::Clamp clamp;
  bool needs_map;  ///< map_weights with the part is to follow; the clamp changed nothing then
};

ClampedPart clamped_part(WeightPart part);

}  // namespace relcam
