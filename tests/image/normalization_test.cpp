#include "image/normalization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;

Normalization preset(std::string_view name) {
  return value_by_name("normalization", normalization_presets(), name);
}

// torchvision.transforms.Normalize on ToTensor, worked out by hand in decimal:
// (128/255 - 0.485) / 0.229, (128/255 - 0.456) / 0.224, (128/255 - 0.406) / 0.225.
TEST(Normalization, ImagenetEqualsTorchvision) {
  const auto table = normalization_table(preset("imagenet"), 3);
  EXPECT_NEAR(table[0][128], 0.0740645F, 1e-6F);
  EXPECT_NEAR(table[1][128], 0.2051821F, 1e-6F);
  EXPECT_NEAR(table[2][128], 0.4264924F, 1e-6F);
}

// The well-known range of ImageNet-normalised pixels: -0.485/0.229 .. 0.515/0.229 and so on.
TEST(Normalization, BoundsOfImagenet) {
  const auto bounds = pixel_bounds(preset("imagenet"), 3);
  EXPECT_THAT(bounds.low, ElementsAre(FloatNear(-2.117904F, 1e-6F), FloatNear(-2.035714F, 1e-6F),
                                      FloatNear(-1.804444F, 1e-6F)));
  EXPECT_THAT(bounds.high, ElementsAre(FloatNear(2.248908F, 1e-6F), FloatNear(2.428571F, 1e-6F),
                                       FloatNear(2.64F, 1e-6F)));
}

TEST(Normalization, BoundsOfTheOtherPresets) {
  EXPECT_THAT(pixel_bounds(preset("minus-one-to-one"), 1).low, ElementsAre(-1.0F));
  EXPECT_THAT(pixel_bounds(preset("minus-one-to-one"), 3).high, ElementsAre(1.0F, 1.0F, 1.0F));
  EXPECT_THAT(pixel_bounds(preset("zero-to-one"), 1).low, ElementsAre(0.0F));
  EXPECT_THAT(pixel_bounds(preset("zero-to-one"), 3).high, ElementsAre(1.0F, 1.0F, 1.0F));
  EXPECT_THAT(pixel_bounds(preset("caffe-bgr"), 3).low,
              ElementsAre(FloatEq(-103.939F), FloatEq(-116.779F), FloatEq(-123.68F)));
  EXPECT_THAT(pixel_bounds(preset("caffe-bgr"), 3).high,
              ElementsAre(FloatEq(151.061F), FloatEq(138.221F), FloatEq(131.32F)));
  EXPECT_EQ(preset("caffe-bgr").order, ChannelOrder::Bgr);
  EXPECT_EQ(preset("imagenet").order, ChannelOrder::Rgb);
}

// EfficientNet-Lite: (pixel - 127) / 128.
TEST(Normalization, CustomConstantsInUnitsOfBytes) {
  const auto bounds = pixel_bounds({1.0F, {127.0F}, {128.0F}, ChannelOrder::Rgb}, 3);
  EXPECT_THAT(bounds.low, ElementsAre(-0.9921875F, -0.9921875F, -0.9921875F));
  EXPECT_THAT(bounds.high, ElementsAre(1.0F, 1.0F, 1.0F));
}

TEST(Normalization, ChannelOrderCarriesTheConstantsAlong) {
  const auto bgr = with_channel_order(preset("imagenet"), ChannelOrder::Bgr);
  EXPECT_THAT(bgr.mean, ElementsAre(0.406F, 0.456F, 0.485F));
  EXPECT_THAT(bgr.std, ElementsAre(0.225F, 0.224F, 0.229F));
  EXPECT_EQ(with_channel_order(bgr, ChannelOrder::Rgb), preset("imagenet"));
  EXPECT_EQ(with_channel_order(bgr, ChannelOrder::Bgr), bgr);
}

void expect_refused(const Normalization& normalization, int channels, const char* option) {
  const Error error = testing::error_of([&] { validate(normalization, channels); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidOption);
  EXPECT_EQ(error.node(), option);
}

TEST(Normalization, BadConstantsAreRefusedByName) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const auto rgb = ChannelOrder::Rgb;
  expect_refused({255.0F, {0.5F}, {0.0F}, rgb}, 3, "std");
  expect_refused({255.0F, {0.5F}, {-1.0F}, rgb}, 3, "std");
  expect_refused({255.0F, {0.5F}, {nan}, rgb}, 3, "std");
  expect_refused({255.0F, {0.5F}, {1.0F, 1.0F}, rgb}, 3, "std");
  expect_refused({255.0F, {infinity}, {1.0F}, rgb}, 3, "mean");
  expect_refused({255.0F, {}, {1.0F}, rgb}, 3, "mean");
  expect_refused({0.0F, {0.5F}, {1.0F}, rgb}, 3, "divisor");
  expect_refused({nan, {0.5F}, {1.0F}, rgb}, 3, "divisor");
  expect_refused(preset("imagenet"), 1, "mean");
  for (const auto& named : normalization_presets()) validate(named.value, 3);
}

}  // namespace
}  // namespace relcam
