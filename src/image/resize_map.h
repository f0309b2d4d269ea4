#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace relcam {

/// Which source position a resized position reads.
/// HalfPixel:    (x + 1/2) * from / to - 1/2, clamped to the map: OpenCV's INTER_LINEAR and
///               PyTorch's interpolate(align_corners=False); no antialiasing.
/// AlignCorners: x * (from - 1) / (to - 1), so that the corner values coincide: PyTorch's
///               align_corners=True; the first position when to is 1.
enum class MapCoordinates : std::uint8_t { HalfPixel, AlignCorners };

/// Bilinear resize of one row-major plane of floats, from.height x from.width to to.height x
/// to.width. Throws InvalidInput when a size is not positive or does not fit its span.
void resize_map(std::span<const float> map, ImageSize from, std::span<float> out, ImageSize to,
                MapCoordinates coordinates);

}  // namespace relcam
