#include "image/image.h"

#include <cstddef>
#include <string>

#include "base/error.h"

namespace relcam {
namespace {

std::string text(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

std::int64_t pixel_count(ImageSize size) { return std::int64_t{size.width} * size.height; }

}  // namespace

void validate(ImageSize size) {
  const auto [width, height] = size;
  if (width <= 0 || height <= 0) {
    throw Error(ErrorCode::InvalidImage,
                "the image is empty (" + text(size) + " pixels); give one of at least 1x1");
  }
  if (width > kMaxImageSide || height > kMaxImageSide || pixel_count(size) > kMaxImagePixels) {
    throw Error(ErrorCode::InvalidImage,
                "the image is too large (" + text(size) + " pixels); scale it down to at most " +
                    std::to_string(kMaxImageSide) + " pixels a side and " +
                    std::to_string(kMaxImagePixels / 1'000'000) + " megapixels");
  }
}

void validate(const ImageView& image) {
  validate(image.size);
  const std::int64_t bytes = pixel_count(image.size) * 4;
  if (image.rgba.size() != static_cast<std::size_t>(bytes)) {
    throw Error(ErrorCode::InvalidImage,
                "the image's buffer holds " + std::to_string(image.rgba.size()) + " bytes, but " +
                    text(image.size) + " RGBA pixels need " + std::to_string(bytes));
  }
}

}  // namespace relcam
