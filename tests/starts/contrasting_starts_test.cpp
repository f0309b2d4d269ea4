#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "starts/start.h"
#include "support/refusal.h"

namespace relcam {
namespace {

const std::vector<float> kScores{1.0F, -2.0F, 0.5F, 3.0F, 0.25F, 1.5F};

std::vector<std::vector<float>> seeds(std::string_view name, std::size_t target,
                                      const Settings& settings = {},
                                      const std::vector<float>& scores = kScores) {
  const Start& start = find_start(name);
  const Parameters parameters(start.parameters, settings);
  return start.seeds({.scores = scores, .target = target, .parameters = parameters});
}

void expect_refused(std::string_view name, const Settings& settings, ErrorCode code,
                    std::string_view words, const std::vector<float>& scores = kScores) {
  const std::string message = testing::refusal(code, [&] { seeds(name, 0, settings, scores); });
  EXPECT_NE(message.find(words), std::string::npos) << message;
}

TEST(Starts, SoftmaxIsTheProbabilityOfTheTarget) {
  const std::vector<float> seed = seeds("softmax", 3).front();
  for (std::size_t n = 0; n < seed.size(); ++n) {
    EXPECT_EQ(seed[n], n == 3 ? softmax(kScores)[3] : 0.0F);
  }
}

TEST(Starts, ClrpDualSweepsTheTargetAndItsDual) {
  EXPECT_EQ(find_start("clrp-dual").combination, Combination::PositiveDifference);
  const auto sweeps = seeds("clrp-dual", 1);
  ASSERT_EQ(sweeps.size(), 2U);
  EXPECT_EQ(sweeps[0], (std::vector<float>{0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F}));
  EXPECT_EQ(sweeps[1], (std::vector<float>{0.2F, 0.0F, 0.2F, 0.2F, 0.2F, 0.2F}));
}

TEST(Starts, ContrastSetsTheTargetAgainstTheRunnerUp) {
  EXPECT_EQ(seeds("contrast", 3).front(), (std::vector<float>{0, 0, 0, 1.0F, 0, -1.0F}));
  EXPECT_EQ(seeds("contrast", 0).front(), (std::vector<float>{1.0F, 0, 0, -1.0F, 0, 0}));
}

TEST(Starts, ContrastSpreadsOverTheChosenClasses) {
  EXPECT_EQ(seeds("contrast", 3, {{"against", "0,1"}}).front(),
            (std::vector<float>{-0.5F, -0.5F, 0, 1.0F, 0, 0}));
}

/// What `finer` is the gradient of, from its definition.
double finer_loss(const std::vector<double>& z, std::size_t target,
                  const std::vector<std::size_t>& rivals, double alpha) {
  double normalizer = 0.0;
  for (const double score : z) normalizer += std::exp(score);
  double numerator = 0.0;
  double sum = 0.0;
  for (const std::size_t k : rivals) {
    const double p = std::exp(z[k]) / normalizer;
    numerator += p * (z[target] - alpha * z[k]);
    sum += p;
  }
  return numerator / (sum + 1e-9);
}

void expect_finer(std::size_t target, const Settings& settings,
                  const std::vector<std::size_t>& rivals, double alpha) {
  constexpr double kStep = 1e-5;
  const std::vector<float> seed = seeds("finer", target, settings).front();
  const std::vector<double> scores(kScores.begin(), kScores.end());
  for (std::size_t j = 0; j < seed.size(); ++j) {
    std::vector<double> up = scores;
    std::vector<double> down = scores;
    up[j] += kStep;
    down[j] -= kStep;
    const double slope =
        (finer_loss(up, target, rivals, alpha) - finer_loss(down, target, rivals, alpha)) /
        (2.0 * kStep);
    EXPECT_NEAR(static_cast<double>(seed[j]), slope, 1e-5) << j;
  }
}

TEST(Starts, FinerIsTheGradientOfItsDefinition) {
  expect_finer(3, {{"rivals", "0,1,4"}}, {0, 1, 4}, 1.0);
  expect_finer(2, {{"rivals", "3"}, {"alpha", "0.6"}}, {3}, 0.6);
}

TEST(Starts, FinerComparesWithTheNearestThree) {
  expect_finer(3, {}, {5, 0, 2}, 1.0);
  expect_finer(1, {}, {4, 2, 0}, 1.0);
}

TEST(Starts, RefuseClassesThatDoNotExistOrAreTheTarget) {
  for (const auto& [name, parameter] :
       {std::pair{"contrast", "against"}, std::pair{"finer", "rivals"}}) {
    expect_refused(name, {{parameter, "1,6"}}, ErrorCode::UnknownClass, "class 6 does not exist");
    expect_refused(name, {{parameter, "1,0"}}, ErrorCode::InvalidOption, "class 0 is the target");
  }
}

TEST(Starts, ThatCompareNeedTwoClasses) {
  for (const char* name : {"clrp-dual", "contrast", "finer"}) {
    expect_refused(name, {}, ErrorCode::InvalidOption, name, {1.0F});
  }
}

}  // namespace
}  // namespace relcam
