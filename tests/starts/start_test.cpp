#include "starts/start.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"

namespace relcam {
namespace {

const std::vector<float> kLogits{1.0F, -2.0F, 0.5F, 3.0F};

/// The start's seeds with its default parameters.
std::vector<std::vector<float>> seeds(const Start& start, std::size_t target) {
  const Parameters parameters(start.parameters, {});
  return start.seeds({.scores = kLogits, .target = target, .parameters = parameters});
}

std::vector<float> seed(std::string_view name) { return seeds(find_start(name), 2).front(); }

TEST(Starts, OneHotIsOneAtTheTarget) {
  EXPECT_EQ(seed("one-hot"), (std::vector<float>{0.0F, 0.0F, 1.0F, 0.0F}));
}

TEST(Starts, LogitIsTheLogitAtTheTarget) {
  EXPECT_EQ(seed("logit"), (std::vector<float>{0.0F, 0.0F, 0.5F, 0.0F}));
}

TEST(Starts, ClrpTakesOneNthFromEveryOtherClass) {
  EXPECT_EQ(seed("clrp"), (std::vector<float>{-0.25F, -0.25F, 1.0F, -0.25F}));
}

TEST(Starts, SglrpIsTheGradientOfTheSoftmax) {
  const std::vector<float> start = seed("sglrp");
  constexpr float kStep = 1e-2F;
  for (std::size_t n = 0; n < kLogits.size(); ++n) {
    std::vector<float> up = kLogits;
    std::vector<float> down = kLogits;
    up[n] += kStep;
    down[n] -= kStep;
    const float slope = (softmax(up)[2] - softmax(down)[2]) / (2.0F * kStep);
    EXPECT_NEAR(start[n], slope, 1e-5F);
  }
}

TEST(Starts, BalancedSweepsTheTargetAndTheUniformStart) {
  const Start& start = find_start("balanced");
  EXPECT_EQ(start.combination, Combination::BalancedDifference);
  const auto sweeps = seeds(start, 0);
  ASSERT_EQ(sweeps.size(), 2U);
  EXPECT_EQ(sweeps[0], (std::vector<float>{1.0F, 0.0F, 0.0F, 0.0F}));
  EXPECT_EQ(sweeps[1], (std::vector<float>(4, 0.25F)));
}

TEST(Starts, EverySeedHasOneElementPerClass) {
  for (const Start& start : all_starts()) {
    for (const auto& sweep : seeds(start, 3)) EXPECT_EQ(sweep.size(), 4U) << start.name;
  }
}

TEST(Starts, AnUnknownNameListsTheValidOnes) {
  try {
    find_start("clpr");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidOption);
    for (const Start& start : all_starts()) {
      EXPECT_NE(std::string(error.what()).find(start.name), std::string::npos);
    }
  }
}

TEST(Softmax, SurvivesLargeLogits) {
  const std::vector<float> result = softmax(std::vector<float>{1000.0F, 999.0F});
  EXPECT_NEAR(result[0], 1.0 / (1.0 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(std::accumulate(result.begin(), result.end(), 0.0F), 1.0F, 1e-6F);
}

}  // namespace
}  // namespace relcam
