#include "image/preprocess.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "base/error.h"

namespace relcam {
namespace {

std::string text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

bool is_picture_size(std::int64_t width, std::int64_t height) {
  return width > 0 && height > 0 && width <= kMaxImageSide && height <= kMaxImageSide &&
         width * height <= kMaxImagePixels;
}

bool is_channel_count(std::int64_t count) { return count == 1 || count == 3; }

void validate(const InputFormat& format) {
  if (!is_channel_count(format.channels)) {
    throw Error(ErrorCode::InvalidInput,
                "the model's input has " + std::to_string(format.channels) +
                    " channels, but a picture fills one or three; give a float tensor instead");
  }
  if (!is_picture_size(format.width, format.height)) {
    throw Error(ErrorCode::InvalidInput, "the model's input of " +
                                             text(format.width, format.height) +
                                             " pixels is no size of a picture");
  }
}

// (difference / 2) rounded to the nearest, ties to even: Python's int(round(difference / 2.0)).
int centered_offset(int difference) {
  const int half = difference / 2;
  const bool tie = difference % 2 != 0;
  return tie && half % 2 != 0 ? half + 1 : half;
}

int default_shorter_side(const InputFormat& format) {
  const int side = std::max(format.width, format.height);
  return std::min((16 * side + 7) / 14, kMaxImageSide);  // round(8 / 7 * side); never a tie
}

ImageSize with_shorter_side(ImageSize image, int shorter_side) {
  const auto scaled = [&](int longer, int shorter) {
    return static_cast<int>(std::int64_t{shorter_side} * longer / shorter);
  };
  if (image.width <= image.height) {
    return {shorter_side, scaled(image.height, image.width)};
  }
  return {scaled(image.width, image.height), shorter_side};
}

Placement crop_center(ImageSize image, const InputFormat& format, const Preprocessing& options) {
  const int side = options.shorter_side.value_or(default_shorter_side(format));
  if (side < 1 || side > kMaxImageSide) {
    throw Error(ErrorCode::InvalidOption,
                "option shorter-side must lie between 1 and " + std::to_string(kMaxImageSide),
                "shorter-side");
  }
  const ImageSize resized = with_shorter_side(image, side);
  if (resized.width < format.width || resized.height < format.height) {
    throw Error(ErrorCode::InvalidOption,
                "option shorter-side is " + std::to_string(side) +
                    ", too small for the model's input of " + text(format.width, format.height) +
                    " pixels; raise it or choose resize=stretch",
                "shorter-side");
  }
  return {resized,
          {centered_offset(resized.width - format.width),
           centered_offset(resized.height - format.height), format.width, format.height}};
}

void require_same_size(ImageSize image, const InputFormat& format) {
  if (image == ImageSize{format.width, format.height}) return;
  throw Error(ErrorCode::InvalidImage,
              "the image has " + text(image.width, image.height) +
                  " pixels, but with resize=none the model needs exactly " +
                  text(format.width, format.height));
}

// RGBA pixels to normalised values, one plane or interleaved position per tensor channel.
std::vector<float> normalize(std::span<const std::uint8_t> rgba, const InputFormat& format,
                             const Normalization& normalization) {
  const NormalizationTable table = normalization_table(normalization, format.channels);
  const std::size_t channels = table.size();
  const std::size_t pixels = rgba.size() / 4;
  const bool planes = format.layout == TensorLayout::Nchw;
  const std::size_t channel_step = planes ? pixels : 1;
  const std::size_t pixel_step = planes ? 1 : channels;
  std::vector<float> values(channels * pixels);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const bool reversed = normalization.order == ChannelOrder::Bgr;
    const std::uint8_t* color = rgba.data() + (reversed ? channels - 1 - channel : channel);
    float* value = values.data() + channel * channel_step;
    for (std::size_t i = 0; i < pixels; ++i) value[i * pixel_step] = table[channel][color[i * 4]];
  }
  return values;
}

}  // namespace

std::span<const Named<ResizeMode>> resize_modes() {
  static constexpr std::array<Named<ResizeMode>, 3> kModes = {{{"crop", ResizeMode::CropCenter},
                                                               {"stretch", ResizeMode::Stretch},
                                                               {"none", ResizeMode::None}}};
  return kModes;
}

InputFormat input_format(const Shape& shape) {
  const bool planes = shape.size() == 4 && is_channel_count(shape[1]);
  const bool interleaved = shape.size() == 4 && !planes && is_channel_count(shape[3]);
  if (!planes && !interleaved) {
    throw Error(ErrorCode::InvalidInput,
                "the model's input " + to_string(shape) +
                    " takes no picture (1x3xHxW or 1xHxWx3, with 3 or 1 channels); give a float "
                    "tensor instead");
  }
  const std::int64_t height = shape[planes ? 2 : 1];
  const std::int64_t width = shape[planes ? 3 : 2];
  if (!is_picture_size(width, height)) {
    throw Error(ErrorCode::InvalidInput,
                "the model's input " + to_string(shape) + " is no size of a picture");
  }
  return {static_cast<int>(shape[planes ? 1 : 3]), static_cast<int>(height),
          static_cast<int>(width), planes ? TensorLayout::Nchw : TensorLayout::Nhwc};
}

Placement placement(ImageSize image, const InputFormat& format, const Preprocessing& options) {
  validate(image);
  validate(format);
  if (options.resize == ResizeMode::CropCenter) return crop_center(image, format, options);
  if (options.resize == ResizeMode::None) require_same_size(image, format);
  return {{format.width, format.height}, {0, 0, format.width, format.height}};
}

SourceRect source_rect(ImageSize image, const InputFormat& format, const Preprocessing& options) {
  const auto [resized, window] = placement(image, format, options);
  const double horizontal = static_cast<double>(image.width) / resized.width;
  const double vertical = static_cast<double>(image.height) / resized.height;
  return {window.left * horizontal, window.top * vertical, window.width * horizontal,
          window.height * vertical};
}

std::vector<float> preprocess(const ImageView& image, const InputFormat& format,
                              const Preprocessing& options) {
  validate(image);
  const auto [resized, window] = placement(image.size, format, options);
  validate(options.normalization, format.channels);
  const ColorMode color = format.channels == 1 ? ColorMode::Luma : ColorMode::Rgb;
  return normalize(resample(image, resized, window, options.interpolation, color), format,
                   options.normalization);
}

}  // namespace relcam
