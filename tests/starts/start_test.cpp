#include "starts/start.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "support/refusal.h"

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

/// By central differences at the logits.
void expect_gradient(const std::vector<float>& seed,
                     const std::function<double(const std::vector<float>&)>& score) {
  constexpr float kStep = 1e-2F;
  for (std::size_t n = 0; n < kLogits.size(); ++n) {
    std::vector<float> up = kLogits;
    std::vector<float> down = kLogits;
    up[n] += kStep;
    down[n] -= kStep;
    const auto slope = (score(up) - score(down)) / static_cast<double>(2.0F * kStep);
    EXPECT_NEAR(static_cast<double>(seed[n]), slope, 2e-5) << n;
  }
}

TEST(Starts, SglrpIsTheGradientOfTheSoftmax) {
  expect_gradient(seed("sglrp"), [](const std::vector<float>& z) { return softmax(z)[2]; });
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
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [] { find_start("clpr"); });
  for (const Start& start : all_starts()) {
    EXPECT_NE(message.find(start.name), std::string::npos) << message;
  }
}

TEST(Softmax, SurvivesLargeLogits) {
  const std::vector<float> result = softmax(std::vector<float>{1000.0F, 999.0F});
  EXPECT_NEAR(result[0], 1.0 / (1.0 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(std::accumulate(result.begin(), result.end(), 0.0F), 1.0F, 1e-6F);
}

TEST(Starts, RestIsTheGradientOfLogitPlusLogSoftmax) {
  expect_gradient(seed("rest"), [](const std::vector<float>& z) {
    return static_cast<double>(z[2]) + std::log(static_cast<double>(softmax(z)[2]));
  });
}

TEST(Starts, RestCurvatureIsTheChangeOfItsSeed) {
  const Start& rest = find_start("rest");
  const Parameters parameters;
  const std::vector<float> direction{0.5F, -1.0F, 2.0F, 0.25F};
  const std::vector<float> product =
      rest.curvature({.scores = kLogits, .target = 2, .parameters = parameters}, direction);
  constexpr float kStep = 1e-2F;
  std::vector<float> up = kLogits;
  std::vector<float> down = kLogits;
  for (std::size_t n = 0; n < kLogits.size(); ++n) {
    up[n] += kStep * direction[n];
    down[n] -= kStep * direction[n];
  }
  const auto after = rest.seeds({.scores = up, .target = 2, .parameters = parameters}).front();
  const auto before = rest.seeds({.scores = down, .target = 2, .parameters = parameters}).front();
  for (std::size_t n = 0; n < kLogits.size(); ++n) {
    EXPECT_NEAR(product[n], (after[n] - before[n]) / (2.0F * kStep), 1e-3F) << n;
  }
}

}  // namespace
}  // namespace relcam
