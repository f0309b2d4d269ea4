#include "image/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "base/error.h"
#include "image/noise_picture.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::FloatNear;
using ::testing::HasSubstr;

// Bytes as they are: no scaling, no shift.
Preprocessing raw_bytes() {
  Preprocessing options;
  options.normalization = {1.0F, {0.0F}, {1.0F}, ChannelOrder::Rgb};
  return options;
}

void expect_error(ErrorCode code, const std::string& part, const std::function<void()>& action) {
  EXPECT_THAT(testing::refusal(code, action), HasSubstr(part));
}

// The windows are centred on ties both ways: 9 spare columns give left 4, 11 spare rows give top 6.
TEST(Preprocess, ResizeAndCropEqualTorchvisionOnPil) {
  const InputFormat format{3, 14, 14, TensorLayout::Nhwc};
  Preprocessing options = raw_bytes();
  options.shorter_side = 16;
  EXPECT_THAT(preprocess(noise_picture({45, 31}).view(), format, options),
              ElementsAreArray(golden("crop_45x31_16_14")));
  options.shorter_side = 17;
  EXPECT_THAT(preprocess(noise_picture({31, 46}).view(), format, options),
              ElementsAreArray(golden("crop_31x46_17_14")));
}

Placement default_placement(ImageSize image, int side) {
  return placement(image, {3, side, side, TensorLayout::Nchw}, {});
}

// torchvision: int(256 * longer / shorter), then int(round((side - 224) / 2.0)), ties to even.
TEST(Preprocess, PlacementFollowsTorchvision) {
  EXPECT_EQ(default_placement({640, 480}, 224).resized, (ImageSize{341, 256}));
  EXPECT_EQ(default_placement({640, 480}, 224).window, (Window{58, 16, 224, 224}));  // 58.5
  EXPECT_EQ(default_placement({480, 640}, 224).window, (Window{16, 58, 224, 224}));
  EXPECT_EQ(default_placement({353, 640}, 224).resized, (ImageSize{256, 464}));
  EXPECT_EQ(default_placement({500, 375}, 224).window.left, 58);
  EXPECT_EQ(default_placement({303, 256}, 224).window.left, 40);  // 39.5
  EXPECT_EQ(default_placement({305, 256}, 224).window.left, 40);  // 40.5
  EXPECT_EQ(default_placement({1, 1}, 224).resized, (ImageSize{256, 256}));
}

TEST(Preprocess, DefaultShorterSideIsTheInputOverSevenEighths) {
  EXPECT_EQ(default_placement({10, 10}, 224).resized.width, 256);
  EXPECT_EQ(default_placement({10, 10}, 299).resized.width, 342);
  EXPECT_EQ(default_placement({10, 10}, 240).resized.width, 274);
  EXPECT_EQ(default_placement({10, 10}, 28).resized.width, 32);
  const Placement widest = placement({10, 10}, {3, 9, kMaxImageSide, TensorLayout::Nchw}, {});
  EXPECT_EQ(widest.resized.width, kMaxImageSide);
  const Placement wide = placement({10, 10}, {3, 112, 224, TensorLayout::Nchw}, {});
  EXPECT_EQ(wide.resized, (ImageSize{256, 256}));
  EXPECT_EQ(wide.window, (Window{16, 72, 224, 112}));
}

TEST(Preprocess, SourceRectLiesWhereTheInputWasTaken) {
  const InputFormat format{3, 224, 224, TensorLayout::Nchw};
  const SourceRect crop = source_rect({640, 480}, format, {});
  EXPECT_DOUBLE_EQ(crop.left, 58.0 * 640.0 / 341.0);
  EXPECT_DOUBLE_EQ(crop.top, 16.0 * 480.0 / 256.0);
  EXPECT_DOUBLE_EQ(crop.width, 224.0 * 640.0 / 341.0);
  EXPECT_DOUBLE_EQ(crop.height, 224.0 * 480.0 / 256.0);

  Preprocessing stretch;
  stretch.resize = ResizeMode::Stretch;
  const SourceRect whole = source_rect({640, 480}, format, stretch);
  EXPECT_EQ(whole.left, 0.0);
  EXPECT_EQ(whole.top, 0.0);
  EXPECT_DOUBLE_EQ(whole.width, 640.0);
  EXPECT_DOUBLE_EQ(whole.height, 480.0);
}

// A bright block that fills exactly the source rectangle fills the input and nothing else does.
TEST(Preprocess, SourceRectPaintedWhiteFillsTheInput) {
  const InputFormat format{1, 7, 7, TensorLayout::Nchw};
  Picture picture = plain_picture({64, 32}, 0, 0, 0);
  Preprocessing options = raw_bytes();
  options.interpolation = Interpolation::Nearest;
  const SourceRect rect = source_rect(picture.size, format, options);  // 16x8 resized, crop 7
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool inside = x + 0.5 > rect.left && x + 0.5 < rect.left + rect.width &&
                          y + 0.5 > rect.top && y + 0.5 < rect.top + rect.height;
      const auto pixel = static_cast<std::size_t>(y * 64 + x) * 4;
      for (std::size_t c = 0; c < 3; ++c) picture.rgba[pixel + c] = inside ? 255 : 0;
    }
  }
  EXPECT_THAT(preprocess(picture.view(), format, options), Each(255.0F));
}

TEST(Preprocess, StretchCoversAndNoneKeeps) {
  const Picture picture = noise_picture({6, 4});
  Preprocessing options = raw_bytes();
  options.resize = ResizeMode::None;
  const auto kept = preprocess(picture.view(), {3, 4, 6, TensorLayout::Nhwc}, options);
  ASSERT_EQ(kept.size(), 72U);
  for (std::size_t i = 0; i < 24; ++i) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(kept[i * 3 + c], picture.rgba[i * 4 + c]);
  }
  options.resize = ResizeMode::Stretch;
  EXPECT_EQ(preprocess(picture.view(), {3, 4, 6, TensorLayout::Nhwc}, options), kept);
  EXPECT_EQ(preprocess(picture.view(), {3, 9, 2, TensorLayout::Nhwc}, options).size(), 54U);
}

TEST(Preprocess, LayoutsHoldTheSameValues) {
  const Picture picture = noise_picture({50, 40});
  const auto planes = preprocess(picture.view(), {3, 8, 10, TensorLayout::Nchw}, {});
  const auto interleaved = preprocess(picture.view(), {3, 8, 10, TensorLayout::Nhwc}, {});
  ASSERT_EQ(planes.size(), 240U);
  ASSERT_EQ(interleaved.size(), 240U);
  for (std::size_t i = 0; i < 80; ++i) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(planes[c * 80 + i], interleaved[i * 3 + c]);
  }
}

TEST(Preprocess, BgrReversesThePlanes) {
  const Picture picture = noise_picture({50, 40});
  const InputFormat format{3, 5, 5, TensorLayout::Nchw};
  Preprocessing options;
  const auto rgb = preprocess(picture.view(), format, options);
  options.normalization = with_channel_order(options.normalization, ChannelOrder::Bgr);
  const auto bgr = preprocess(picture.view(), format, options);
  for (std::size_t i = 0; i < 25; ++i) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(bgr[c * 25 + i], rgb[(2 - c) * 25 + i]);
  }
}

TEST(Preprocess, CaffeTakesBlueFirst) {
  const Picture picture = plain_picture({9, 9}, 10, 20, 30);
  Preprocessing options;
  options.normalization = value_by_name("normalization", normalization_presets(), "caffe-bgr");
  const auto values = preprocess(picture.view(), {3, 1, 1, TensorLayout::Nchw}, options);
  EXPECT_THAT(values, ::testing::ElementsAre(FloatNear(30.0F - 103.939F, 1e-5F),
                                             FloatNear(20.0F - 116.779F, 1e-5F),
                                             FloatNear(10.0F - 123.68F, 1e-5F)));
}

// ITU-R 601: 0.299 R + 0.587 G + 0.114 B.
TEST(Preprocess, OneChannelIsLuma) {
  const InputFormat format{1, 2, 2, TensorLayout::Nchw};
  const auto luma = [&](std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
    return preprocess(plain_picture({8, 8}, red, green, blue).view(), format, raw_bytes());
  };
  EXPECT_THAT(luma(255, 0, 0), Each(76.0F));
  EXPECT_THAT(luma(0, 255, 0), Each(150.0F));
  EXPECT_THAT(luma(0, 0, 255), Each(29.0F));
  EXPECT_THAT(luma(255, 255, 255), Each(255.0F));
}

TEST(Preprocess, AlphaIsIgnored) {
  Picture picture = noise_picture({30, 20});
  const InputFormat format{3, 8, 8, TensorLayout::Nchw};
  const auto before = preprocess(picture.view(), format, {});
  for (std::size_t i = 3; i < picture.rgba.size(); i += 4) picture.rgba[i] = 0;
  EXPECT_EQ(preprocess(picture.view(), format, {}), before);
}

TEST(Preprocess, InputFormatIsReadOffTheShape) {
  EXPECT_EQ(input_format({1, 3, 224, 192}), (InputFormat{3, 224, 192, TensorLayout::Nchw}));
  EXPECT_EQ(input_format({1, 224, 192, 3}), (InputFormat{3, 224, 192, TensorLayout::Nhwc}));
  EXPECT_EQ(input_format({8, 1, 28, 28}), (InputFormat{1, 28, 28, TensorLayout::Nchw}));
  EXPECT_EQ(input_format({1, 28, 28, 1}), (InputFormat{1, 28, 28, TensorLayout::Nhwc}));
  EXPECT_EQ(input_format({1, 3, 5, 3}), (InputFormat{3, 5, 3, TensorLayout::Nchw}));
}

TEST(Preprocess, InputsThatTakeNoPictureAreRefused) {
  const Shape shapes[] = {{},
                          {1, 1000},
                          {3, 224, 224},
                          {1, 4, 224, 224},
                          {1, 3, 0, 224},
                          {1, 3, -1, 224},
                          {1, 3, 1, std::numeric_limits<std::int64_t>::max()},
                          {1, 3, 16384, 16384}};
  for (const Shape& shape : shapes) {
    expect_error(ErrorCode::InvalidInput, to_string(shape), [&] { input_format(shape); });
  }
  const Picture picture = noise_picture({4, 4});
  expect_error(ErrorCode::InvalidInput, "4 channels",
               [&] { preprocess(picture.view(), {4, 2, 2, TensorLayout::Nchw}, raw_bytes()); });
  expect_error(ErrorCode::InvalidInput, "0x2",
               [&] { preprocess(picture.view(), {3, 2, 0, TensorLayout::Nchw}, raw_bytes()); });
}

TEST(Preprocess, HostileSizesAreRefusedBeforeUse) {
  const std::vector<std::uint8_t> bytes(64);
  constexpr int largest = std::numeric_limits<int>::max();
  const auto refused = [&](ImageSize size, const std::string& reason) {
    const std::string text = std::to_string(size.width) + "x" + std::to_string(size.height);
    expect_error(ErrorCode::InvalidImage, reason + " (" + text,
                 [&] { preprocess({bytes, size}, {}, {}); });
    expect_error(ErrorCode::InvalidImage, reason, [&] { source_rect(size, {}, {}); });
  };
  for (const ImageSize size : {ImageSize{0, 4}, {4, 0}, {-4, -4}}) refused(size, "empty");
  for (const ImageSize size : {ImageSize{largest, largest},
                               {20000, 4},
                               {4, 20000},
                               {1 << 30, 4},
                               {65536, 65536},
                               {16384, 16384},
                               {10001, 10000}}) {
    refused(size, "too large");
  }
}

TEST(Preprocess, BufferMustFitTheSize) {
  const std::vector<std::uint8_t> bytes(64);
  const auto span = std::span(bytes);
  EXPECT_NO_THROW(preprocess({span, {4, 4}}, {}, {}));
  expect_error(ErrorCode::InvalidImage, "63 bytes",
               [&] { preprocess({span.first(63), {4, 4}}, {}, {}); });
  expect_error(ErrorCode::InvalidImage, "need 60", [&] { preprocess({span, {5, 3}}, {}, {}); });
}

TEST(Preprocess, OptionsThatCannotBeMetAreRefused) {
  const Picture picture = noise_picture({4, 4});
  const auto with_side = [&](int side) {
    Preprocessing options;
    options.shorter_side = side;
    preprocess(picture.view(), {}, options);
  };
  for (const int side : {-1, 0, 223, 16385, std::numeric_limits<int>::max()}) {
    expect_error(ErrorCode::InvalidOption, "shorter-side", [&] { with_side(side); });
  }
  Preprocessing none;
  none.resize = ResizeMode::None;
  expect_error(ErrorCode::InvalidImage, "exactly 224x224",
               [&] { preprocess(picture.view(), {}, none); });
}

TEST(Preprocess, ExtremeAspectRatiosWork) {
  for (const ImageSize size : {ImageSize{kMaxImageSide, 1}, ImageSize{1, kMaxImageSide}}) {
    const Picture picture = plain_picture(size, 255, 255, 255);
    Preprocessing options;
    options.normalization = raw_bytes().normalization;
    EXPECT_THAT(preprocess(picture.view(), {}, options), Each(255.0F));
  }
}

}  // namespace
}  // namespace relcam
