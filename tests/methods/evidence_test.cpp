#include "methods/evidence.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "image/resize_map.h"
#include "support/refusal.h"

namespace relcam {
namespace {

constexpr ImageSize kSmall{.width = 2, .height = 2};
constexpr ImageSize kLarge{.width = 6, .height = 4};
const std::vector<float> kMap{-3.0F, 0.0F, 2.0F, -1.0F};

std::vector<float> scaled(const std::vector<float>& map, Evidence evidence, bool rectify = false) {
  std::vector<float> result = resize_evidence(map, kSmall, kLarge, evidence, rectify);
  scale_evidence(result, evidence);
  return result;
}

/// As pytorch-grad-cam does it: (m - min) / (1e-7 + max(m - min)), before resizing and after.
std::vector<float> finished(std::vector<float> map, bool rectify) {
  const auto scale = [](std::vector<float>& values) {
    const float low = std::ranges::min(values);
    const float range = std::ranges::max(values) - low;
    for (float& value : values) value = (value - low) / (1e-7F + range);
  };
  if (rectify) std::ranges::for_each(map, [](float& value) { value = std::max(value, 0.0F); });
  scale(map);
  std::vector<float> result(24);
  resize_map(map, kSmall, result, kLarge, MapCoordinates::HalfPixel);
  scale(result);
  return result;
}

TEST(Evidence, PartsARawMap) {
  EXPECT_EQ(evidence_of(kMap, Evidence::Own), kMap);
  EXPECT_EQ(evidence_of(kMap, Evidence::Signed), kMap);
  EXPECT_EQ(evidence_of(kMap, Evidence::Positive), (std::vector<float>{0.0F, 0.0F, 2.0F, 0.0F}));
  EXPECT_EQ(evidence_of(kMap, Evidence::Negative), (std::vector<float>{3.0F, 0.0F, 0.0F, 1.0F}));
}

TEST(Evidence, OwnIsTheMethodsFinish) {
  for (const bool rectify : {false, true}) {
    EXPECT_EQ(scaled(kMap, Evidence::Own, rectify), finished(kMap, rectify));
  }
}

TEST(Evidence, NegativeIsThePositiveOfTheNegatedMap) {
  std::vector<float> negated = kMap;
  for (float& value : negated) value = -value;
  EXPECT_EQ(scaled(kMap, Evidence::Positive), finished(kMap, true));
  EXPECT_EQ(scaled(kMap, Evidence::Negative), finished(negated, true));
}

TEST(Evidence, SignedKeepsSignsWithinOne) {
  const std::vector<float> result = scaled(kMap, Evidence::Signed);
  EXPECT_NEAR(std::ranges::min(result), -1.0F, 1e-6F);
  EXPECT_GE(std::ranges::min(result), -1.0F);
  // 2/3 of the largest magnitude, at the corner that reads the map's own corner.
  EXPECT_NEAR(result[18], 2.0F / 3.0F, 1e-6F);
}

TEST(Evidence, AMapOfZerosStaysZero) {
  for (const Evidence evidence :
       {Evidence::Own, Evidence::Positive, Evidence::Negative, Evidence::Signed}) {
    const std::vector<float> result = scaled(std::vector<float>(4, 0.0F), evidence);
    EXPECT_EQ(result, std::vector<float>(24, 0.0F));
  }
}

TEST(Evidence, AnUnknownNameListsTheValidOnes) {
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [] { find_evidence("both"); });
  EXPECT_NE(message.find("positive, negative, signed"), std::string::npos) << message;
}

}  // namespace
}  // namespace relcam
