#pragma once

#include <cstddef>

#include "kernels/linear_map.h"

namespace relcam {

/// to[i] = part(from[i]); `to` may be `from`.
void map_weights(WeightPart part, const float* from, std::size_t count, float* to);

/// The same on one weight.
float mapped_weight(WeightPart part, float weight);

}  // namespace relcam
