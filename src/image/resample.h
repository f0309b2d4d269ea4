#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/image.h"
#include "image/named.h"

namespace relcam {

/// The filters of PIL's Image.resize. Bilinear (triangle) and bicubic (Keys, a = -0.5) are
/// antialiased: their support grows with the reduction.
enum class Interpolation : std::uint8_t { Nearest, Bilinear, Bicubic };

std::span<const Named<Interpolation>> interpolations();

/// What the colour bytes hold when resizing starts. Luma replaces R, G and B by PIL's "L":
/// (19595 R + 38470 G + 7471 B + 2^15) / 2^16, the ITU-R 601-2 weights.
enum class ColorMode : std::uint8_t { Rgb, Luma };

/// A rectangle of whole pixels inside an image.
struct Window {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;

  bool operator==(const Window&) const = default;
};

/// The part `window` of `image` resized to `resized`, as RGBA bytes (window.height x window.width
/// x 4; alpha is meaningless). Equals PIL's convert(mode).resize(resized, filter).crop(window) bit
/// for bit: two passes, horizontal first, 22-bit fixed-point weights, each pass rounded to bytes.
/// Only the window's pixels are computed, so a huge `resized` costs nothing by itself.
/// `image` must be valid, `resized` positive and `window` inside it.
std::vector<std::uint8_t> resample(const ImageView& image, ImageSize resized, const Window& window,
                                   Interpolation interpolation, ColorMode color);

}  // namespace relcam
