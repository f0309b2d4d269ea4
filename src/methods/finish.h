#pragma once

#include <span>
#include <vector>

#include "image/image.h"

namespace relcam {

/// A raw map made ready to draw: rectified if the method says so, scaled to [0,1] by
/// (m - min) / (1e-7 + max(m - min)), resized bilinearly (half-pixel centres) to `to`, and scaled
/// again, as pytorch-grad-cam does it. An all-non-positive rectified map gives zeros.
std::vector<float> finish_map(std::span<const float> map, ImageSize from, ImageSize to,
                              bool rectify);

}  // namespace relcam
