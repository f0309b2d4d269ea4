#include "image/resample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <string>

#include "base/error.h"
#include "image/noise_picture.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<std::uint8_t> resample_all(const Picture& picture, ImageSize target,
                                       Interpolation interpolation,
                                       ColorMode color = ColorMode::Rgb) {
  return resample(picture.view(), target, {0, 0, target.width, target.height}, interpolation,
                  color);
}

// The first `channels` bytes of every pixel.
std::vector<float> colors(const std::vector<std::uint8_t>& rgba, std::size_t channels) {
  std::vector<float> values;
  for (std::size_t i = 0; i < rgba.size(); ++i) {
    if (i % 4 < channels) values.push_back(rgba[i]);
  }
  return values;
}

struct GoldenCase {
  const char* filter;
  const char* mode;
  ImageSize source;
  ImageSize target;
};

void PrintTo(const GoldenCase& golden_case, std::ostream* out) {
  *out << golden_case.filter << " " << golden_case.mode << " " << golden_case.source.width;
}

std::string file_of(const GoldenCase& c) {
  const auto text = [](ImageSize size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
  };
  return std::string(c.filter) + "_" + c.mode + "_" + text(c.source) + "_to_" + text(c.target);
}

class ResampleGolden : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(ResampleGolden, EqualsPilBitForBit) {
  const GoldenCase& c = GetParam();
  const bool luma = std::string(c.mode) == "L";
  const auto interpolation = value_by_name("interpolation", interpolations(), c.filter);
  const auto resized = resample_all(noise_picture(c.source), c.target, interpolation,
                                    luma ? ColorMode::Luma : ColorMode::Rgb);
  EXPECT_THAT(colors(resized, luma ? 1 : 3), ElementsAreArray(golden(file_of(c))));
}

INSTANTIATE_TEST_SUITE_P(Pil, ResampleGolden,
                         ::testing::Values(GoldenCase{"nearest", "RGB", {37, 23}, {16, 9}},
                                           GoldenCase{"nearest", "RGB", {7, 5}, {19, 12}},
                                           GoldenCase{"bilinear", "RGB", {37, 23}, {16, 9}},
                                           GoldenCase{"bilinear", "RGB", {7, 5}, {19, 12}},
                                           GoldenCase{"bilinear", "RGB", {40, 3}, {5, 11}},
                                           GoldenCase{"bilinear", "L", {37, 23}, {16, 9}},
                                           GoldenCase{"bicubic", "RGB", {37, 23}, {16, 9}},
                                           GoldenCase{"bicubic", "RGB", {7, 5}, {19, 12}}));

// Slow twin: the area-weighted triangle filter in double precision and in two dimensions at once.
double triangle_weight(int source, double center, double stretch) {
  return std::max(0.0, 1.0 - std::abs(source + 0.5 - center) / stretch);
}

double slow_bilinear(const Picture& picture, ImageSize target, int x, int y, std::size_t channel) {
  const double scale_x = static_cast<double>(picture.size.width) / target.width;
  const double scale_y = static_cast<double>(picture.size.height) / target.height;
  double sum = 0.0;
  double total = 0.0;
  for (int v = 0; v < picture.size.height; ++v) {
    for (int u = 0; u < picture.size.width; ++u) {
      const double weight = triangle_weight(u, (x + 0.5) * scale_x, std::max(scale_x, 1.0)) *
                            triangle_weight(v, (y + 0.5) * scale_y, std::max(scale_y, 1.0));
      const auto pixel = static_cast<std::size_t>(v * picture.size.width + u);
      sum += weight * picture.rgba[pixel * 4 + channel];
      total += weight;
    }
  }
  return sum / total;
}

TEST(Resample, BilinearStaysWithinOneLevelOfTheExactFilter) {
  const Picture picture = noise_picture({29, 41});
  for (const ImageSize target : {ImageSize{8, 11}, ImageSize{29, 7}, ImageSize{50, 60}}) {
    const auto resized = resample_all(picture, target, Interpolation::Bilinear);
    for (std::size_t i = 0; i < pixel_count(target); ++i) {
      const int x = static_cast<int>(i) % target.width;
      const int y = static_cast<int>(i) / target.width;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(resized[i * 4 + channel], slow_bilinear(picture, target, x, y, channel), 1.01);
      }
    }
  }
}

class ResampleLaws : public ::testing::TestWithParam<Named<Interpolation>> {};

TEST_P(ResampleLaws, ConstantPictureStaysConstant) {
  const Picture picture = plain_picture({31, 17}, 200, 200, 200);
  for (const ImageSize target : {ImageSize{5, 4}, ImageSize{64, 33}, ImageSize{1, 1}}) {
    EXPECT_THAT(colors(resample_all(picture, target, GetParam().value), 3), Each(200.0F));
  }
}

TEST_P(ResampleLaws, SameSizeIsTheIdentity) {
  const Picture picture = noise_picture({13, 9});
  EXPECT_THAT(colors(resample_all(picture, picture.size, GetParam().value), 3),
              ElementsAreArray(colors(picture.rgba, 3)));
}

TEST_P(ResampleLaws, WindowIsACropOfTheWhole) {
  const Picture picture = noise_picture({40, 30});
  const ImageSize target{17, 51};
  const Window window{3, 20, 9, 25};
  const auto whole = resample_all(picture, target, GetParam().value);
  std::vector<std::uint8_t> cropped;
  for (int y = window.top; y < window.top + window.height; ++y) {
    const auto row = whole.begin() + (y * target.width + window.left) * 4;
    cropped.insert(cropped.end(), row, row + window.width * 4);
  }
  const auto part = resample(picture.view(), target, window, GetParam().value, ColorMode::Rgb);
  EXPECT_THAT(colors(part, 3), ElementsAreArray(colors(cropped, 3)));
}

INSTANTIATE_TEST_SUITE_P(AllFilters, ResampleLaws,
                         ::testing::ValuesIn(interpolations().begin(), interpolations().end()),
                         [](const auto& test) { return std::string(test.param.name); });

std::vector<std::uint8_t> mirrored(const std::vector<std::uint8_t>& rgba, ImageSize size) {
  std::vector<std::uint8_t> flipped;
  for (int y = 0; y < size.height; ++y) {
    for (int x = size.width - 1; x >= 0; --x) {
      const auto pixel = rgba.begin() + (y * size.width + x) * 4;
      flipped.insert(flipped.end(), pixel, pixel + 4);
    }
  }
  return flipped;
}

// Weights round symmetrically; only the rounding of a tie between two bytes may differ.
TEST(Resample, MirroringCommutesWithResizing) {
  const Picture picture = noise_picture({36, 22});
  const Picture flipped{picture.size, mirrored(picture.rgba, picture.size)};
  const ImageSize target{15, 31};
  for (const Interpolation interpolation : {Interpolation::Bilinear, Interpolation::Bicubic}) {
    const auto expected = mirrored(resample_all(picture, target, interpolation), target);
    const auto actual = resample_all(flipped, target, interpolation);
    for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1);
  }
}

TEST(Resample, BicubicOvershootIsClampedToBytes) {
  Picture picture = plain_picture({8, 1}, 0, 0, 0);
  std::fill(picture.rgba.begin() + 16, picture.rgba.end(), std::uint8_t{255});
  const auto resized = resample_all(picture, {32, 1}, Interpolation::Bicubic);
  // Without clamping the undershoot beside the edge would wrap round to white.
  for (std::size_t x = 0; x < 14; ++x) EXPECT_LE(resized[x * 4], 128) << x;
  for (std::size_t x = 18; x < 32; ++x) EXPECT_GE(resized[x * 4], 128) << x;
}

TEST(Resample, ThinPicturesNeedMemoryForTheWindowOnly) {
  const Picture picture = plain_picture({kMaxImageSide, 1}, 1, 2, 3);
  const ImageSize resized{256 * kMaxImageSide, 256};
  const auto part = resample(picture.view(), resized, {resized.width - 9, 16, 9, 224},
                             Interpolation::Bilinear, ColorMode::Rgb);
  ASSERT_EQ(part.size(), 9U * 224U * 4U);
  EXPECT_EQ(part[part.size() - 2], 3);
}

TEST(Resample, UnknownInterpolationIsRefusedWithTheChoices) {
  const std::string message = testing::refusal(ErrorCode::InvalidOption, [] {
    value_by_name("interpolation", interpolations(), "lanczos");
  });
  EXPECT_THAT(message, HasSubstr("'lanczos'"));
  EXPECT_THAT(message, HasSubstr("nearest, bilinear, bicubic"));
}

}  // namespace
}  // namespace relcam
