#include "methods/finish.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relcam {
namespace {

constexpr ImageSize kSmall{.width = 2, .height = 2};
constexpr ImageSize kLarge{.width = 6, .height = 4};

std::vector<float> finished(const std::vector<float>& map, bool rectify) {
  std::vector<float> result = resize_unit_map(map, kSmall, kLarge, rectify);
  scale_to_unit(result);
  return result;
}

TEST(Finish, FillsTheUnitInterval) {
  const std::vector<float> map{-3.0F, 0.0F, 2.0F, 5.0F};
  for (const bool rectify : {false, true}) {
    const std::vector<float> result = finished(map, rectify);
    ASSERT_EQ(result.size(), 24U);
    EXPECT_EQ(std::ranges::min(result), 0.0F);
    EXPECT_NEAR(std::ranges::max(result), 1.0F, 1e-5F);
  }
}

TEST(Finish, AMapWithoutPositiveEvidenceIsZeroWhenRectified) {
  const std::vector<float> result = finished({-1.0F, -2.0F, -3.0F, 0.0F}, true);
  EXPECT_TRUE(std::ranges::all_of(result, [](float value) { return value == 0.0F; }));
}

TEST(Finish, AFlatMapIsZeroNotNaN) {
  const std::vector<float> result = finished(std::vector<float>(4, 7.0F), false);
  EXPECT_TRUE(std::ranges::all_of(result, [](float value) { return value == 0.0F; }));
}

}  // namespace
}  // namespace relcam
