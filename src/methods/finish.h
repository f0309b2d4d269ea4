#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/image.h"

namespace relcam {

/// In place into [0,1]: (m - min) / (1e-7 + max(m - min)). A flat map gives zeros.
void scale_to_unit(std::span<float> map);

/// In place into [-1,1], zero staying zero: m / (1e-7 + max |m|).
void scale_by_magnitude(std::span<float> map);

/// A raw map scaled to [0,1], after rectifying it if `rectify`, and resized bilinearly (half-pixel
/// centres) to `to`. Scaled to [0,1] again, it is ready to draw as in pytorch-grad-cam.
std::vector<float> resize_unit_map(std::span<const float> map, ImageSize from, ImageSize to,
                                   bool rectify);

/// A raw map scaled into [-1,1] by its magnitude, and resized likewise.
std::vector<float> resize_signed_map(std::span<const float> map, ImageSize from, ImageSize to);

}  // namespace relcam
