#include "image/resize_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "image/noise_picture.h"

namespace relcam {
namespace {

using ::testing::Each;
using ::testing::FloatNear;
using ::testing::Pointwise;

std::vector<float> noise_map(ImageSize size) {
  const auto bytes = noise(pixel_count(size));
  return {bytes.begin(), bytes.end()};
}

std::vector<float> resized(const std::vector<float>& map, ImageSize from, ImageSize to,
                           MapCoordinates coordinates) {
  std::vector<float> out(pixel_count(to), std::numeric_limits<float>::quiet_NaN());
  resize_map(map, from, out, to, coordinates);
  return out;
}

TEST(ResizeMap, HalfPixelEqualsOpenCv) {
  const auto enlarged = resized(noise_map({7, 5}), {7, 5}, {16, 12}, MapCoordinates::HalfPixel);
  EXPECT_THAT(enlarged, Pointwise(FloatNear(1e-4F), golden("map_7x5_to_16x12")));
  const auto reduced = resized(noise_map({9, 8}), {9, 8}, {4, 3}, MapCoordinates::HalfPixel);
  EXPECT_THAT(reduced, Pointwise(FloatNear(1e-4F), golden("map_9x8_to_4x3")));
}

// Slow twin: a weighted sum over the whole map with tent weights in double precision.
double slow_twin(const std::vector<float>& map, ImageSize from, double x, double y) {
  x = std::clamp(x, 0.0, from.width - 1.0);
  y = std::clamp(y, 0.0, from.height - 1.0);
  double sum = 0.0;
  for (int v = 0; v < from.height; ++v) {
    for (int u = 0; u < from.width; ++u) {
      sum += map[static_cast<std::size_t>(v * from.width + u)] *
             std::max(0.0, 1.0 - std::abs(u - x)) * std::max(0.0, 1.0 - std::abs(v - y));
    }
  }
  return sum;
}

TEST(ResizeMap, BothCoordinatesEqualTheirDefinitions) {
  const ImageSize from{6, 9};
  const auto map = noise_map(from);
  for (const ImageSize to : {ImageSize{23, 14}, ImageSize{4, 5}}) {
    const auto half = resized(map, from, to, MapCoordinates::HalfPixel);
    const auto corners = resized(map, from, to, MapCoordinates::AlignCorners);
    for (int y = 0; y < to.height; ++y) {
      for (int x = 0; x < to.width; ++x) {
        const auto i = static_cast<std::size_t>(y * to.width + x);
        EXPECT_NEAR(half[i],
                    slow_twin(map, from, (x + 0.5) * from.width / to.width - 0.5,
                              (y + 0.5) * from.height / to.height - 0.5),
                    1e-4);
        EXPECT_NEAR(corners[i],
                    slow_twin(map, from, x * (from.width - 1.0) / (to.width - 1.0),
                              y * (from.height - 1.0) / (to.height - 1.0)),
                    1e-4);
      }
    }
  }
}

TEST(ResizeMap, AlignedCornersCoincideAndRampsStayRamps) {
  std::vector<float> ramp;
  for (int i = 0; i < 12; ++i) ramp.push_back(static_cast<float>(i % 4));
  const auto out = resized(ramp, {4, 3}, {13, 9}, MapCoordinates::AlignCorners);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(out[i], 0.25F * static_cast<float>(i % 13), 1e-6F);
  }
}

class ResizeMapLaws : public ::testing::TestWithParam<MapCoordinates> {};

TEST_P(ResizeMapLaws, SameSizeIsTheIdentity) {
  const auto map = noise_map({5, 8});
  EXPECT_EQ(resized(map, {5, 8}, {5, 8}, GetParam()), map);
}

TEST_P(ResizeMapLaws, SinglesAndConstantsStayConstant) {
  EXPECT_THAT(resized({-2.5F}, {1, 1}, {9, 4}, GetParam()), Each(-2.5F));
  const std::vector<float> flat(35, 3.0F);
  EXPECT_THAT(resized(flat, {7, 5}, {1, 1}, GetParam()), Each(3.0F));
  EXPECT_THAT(resized(flat, {7, 5}, {30, 2}, GetParam()), Each(3.0F));
}

INSTANTIATE_TEST_SUITE_P(Coordinates, ResizeMapLaws,
                         ::testing::Values(MapCoordinates::HalfPixel,
                                           MapCoordinates::AlignCorners));

TEST(ResizeMap, SizesThatDoNotFitAreRefused) {
  const std::vector<float> map(12);
  std::vector<float> out(6);
  const auto refused = [&](ImageSize from, ImageSize to) {
    try {
      resize_map(map, from, out, to, MapCoordinates::HalfPixel);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::InvalidInput;
    }
  };
  EXPECT_FALSE(refused({4, 3}, {2, 3}));
  EXPECT_TRUE(refused({4, 4}, {2, 3}));
  EXPECT_TRUE(refused({4, 3}, {3, 3}));
  EXPECT_TRUE(refused({-4, -3}, {2, 3}));
  EXPECT_TRUE(refused({4, 3}, {-2, -3}));
  EXPECT_TRUE(refused({std::numeric_limits<int>::max(), std::numeric_limits<int>::max()}, {2, 3}));
}

}  // namespace
}  // namespace relcam
