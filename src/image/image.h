#pragma once

#include <cstdint>
#include <span>

namespace relcam {

/// A picture may be at most this long on either side and hold at most this many pixels.
inline constexpr int kMaxImageSide = 16384;
inline constexpr std::int64_t kMaxImagePixels = 100'000'000;

/// Width and height in pixels.
struct ImageSize {
  int width = 0;
  int height = 0;

  bool operator==(const ImageSize&) const = default;
};

/// A borrowed picture: `rgba` holds height x width x 4 bytes, rows from the top without padding,
/// straight (not premultiplied) alpha. Alpha is ignored everywhere, as PIL's convert("RGB") does.
struct ImageView {
  std::span<const std::uint8_t> rgba;
  ImageSize size;
};

/// Throws InvalidImage when a side is zero, negative or above kMaxImageSide, or when there are more
/// than kMaxImagePixels.
void validate(ImageSize size);

/// Throws InvalidImage when the size is not valid or the buffer is not exactly as long as it says.
void validate(const ImageView& image);

}  // namespace relcam
