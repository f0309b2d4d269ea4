#include "methods/finish.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relcam {
namespace {

constexpr ImageSize kSmall{.width = 2, .height = 2};
constexpr ImageSize kLarge{.width = 6, .height = 4};

TEST(FinishMap, FillsTheUnitInterval) {
  const std::vector<float> map{-3.0F, 0.0F, 2.0F, 5.0F};
  for (const bool rectify : {false, true}) {
    const std::vector<float> result = finish_map(map, kSmall, kLarge, rectify);
    ASSERT_EQ(result.size(), 24U);
    EXPECT_EQ(std::ranges::min(result), 0.0F);
    EXPECT_NEAR(std::ranges::max(result), 1.0F, 1e-5F);
  }
}

TEST(FinishMap, AMapWithoutPositiveEvidenceIsZeroWhenRectified) {
  const std::vector<float> result =
      finish_map(std::vector<float>{-1.0F, -2.0F, -3.0F, 0.0F}, kSmall, kLarge, true);
  EXPECT_TRUE(std::ranges::all_of(result, [](float value) { return value == 0.0F; }));
}

TEST(FinishMap, AFlatMapIsZeroNotNaN) {
  const std::vector<float> result = finish_map(std::vector<float>(4, 7.0F), kSmall, kLarge, false);
  EXPECT_TRUE(std::ranges::all_of(result, [](float value) { return value == 0.0F; }));
}

}  // namespace
}  // namespace relcam
