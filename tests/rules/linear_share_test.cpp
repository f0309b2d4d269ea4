#include "rules/linear_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <span>

#include "rules/named_rules.h"
#include "support/dense_operation.h"

namespace relcam {
namespace {

constexpr std::size_t kInputs = 7;
constexpr std::size_t kOutputs = 5;

/// A linear layer with signed input and `kSweeps` stacked relevances.
class LinearShareTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kSweeps = 2;

  void SetUp() override {
    seed_ = std::random_device{}();
    std::mt19937 random(seed_);
    std::normal_distribution<float> normal;
    const auto draw = [&](std::size_t count) {
      std::vector<float> values(count);
      std::ranges::generate(values, [&] { return normal(random); });
      return values;
    };
    weights_ = draw(kInputs * kOutputs);
    bias_ = draw(kOutputs);
    x_ = draw(kInputs);
    relevance_ = draw(kSweeps * kOutputs);
  }

  std::vector<float> propagate(const LinearShare& share, bool non_negative = false) {
    testing::DenseOperation dense(weights_, bias_);
    std::vector<float> y(kOutputs);
    const std::vector<std::span<const float>> inputs{x_};
    const std::vector<std::span<float>> forward{y};
    dense.forward(inputs, forward, {});
    const std::vector<std::span<const float>> outputs{y};
    const std::vector<std::size_t> sizes{kInputs};
    const std::vector<char> flags{static_cast<char>(non_negative ? 1 : 0)};
    const std::vector<char> wanted{1};
    const ThreadPool pool(1);
    const RuleNode node{.operation = &dense,
                        .pool = pool,
                        .inputs = inputs,
                        .outputs = outputs,
                        .input_sizes = sizes,
                        .output_size = kOutputs,
                        .non_negative = flags,
                        .wanted = wanted,
                        .low = low_,
                        .high = high_};
    const auto rule = make_linear_rule(share);
    std::vector<float> result(kSweeps * kInputs, std::nanf(""));
    const std::vector<std::span<const float>> outgoing{relevance_};
    const std::vector<std::span<float>> incoming{result};
    rule->propagate(node, rule->denominators(node), outgoing, kSweeps, incoming);
    return result;
  }

  double w(std::size_t j, std::size_t i) const {
    return static_cast<double>(weights_[j * kInputs + i]);
  }
  double x(std::size_t i) const { return static_cast<double>(x_[i]); }
  double r(std::size_t k, std::size_t j) const {
    return static_cast<double>(relevance_[k * kOutputs + j]);
  }

  /// sum_j message(i, j) / sum_i' message(i', j) (+ extra(j)) * R_j for every sweep and input.
  template <typename Message, typename Extra>
  void expect_shares(const std::vector<float>& got, Message message, Extra extra) const {
    SCOPED_TRACE(seed_);
    for (std::size_t k = 0; k < kSweeps; ++k) {
      for (std::size_t i = 0; i < kInputs; ++i) {
        double want = 0.0;
        for (std::size_t j = 0; j < kOutputs; ++j) {
          double z = extra(j);
          for (std::size_t other = 0; other < kInputs; ++other) z += message(other, j);
          if (z != 0.0) want += message(i, j) / z * r(k, j);
        }
        EXPECT_NEAR(static_cast<double>(got[k * kInputs + i]), want, 1e-4 * (1.0 + std::abs(want)));
      }
    }
  }

  unsigned seed_ = 0;
  std::vector<float> weights_;
  std::vector<float> bias_;
  std::vector<float> x_;
  std::vector<float> relevance_;
  std::vector<float> low_;
  std::vector<float> high_;
};

constexpr auto kNoExtra = [](std::size_t) { return 0.0; };

TEST_F(LinearShareTest, ZPlusSharesByThePositiveContributions) {
  const auto message = [&](std::size_t i, std::size_t j) { return std::max(w(j, i) * x(i), 0.0); };
  expect_shares(propagate(z_plus()), message, kNoExtra);
}

double total(const std::vector<float>& stacked, std::size_t size, std::size_t sweep) {
  const auto part = std::span(stacked).subspan(sweep * size, size);
  return std::accumulate(part.begin(), part.end(), 0.0);
}

TEST_F(LinearShareTest, ZPlusConserves) {
  const std::vector<float> result = propagate(z_plus());
  for (std::size_t k = 0; k < kSweeps; ++k) {
    EXPECT_NEAR(total(result, kInputs, k), total(relevance_, kOutputs, k), 1e-4);
  }
}

TEST_F(LinearShareTest, KnowingThatInputsAreNonNegativeChangesNothing) {
  for (float& value : x_) value = std::abs(value);
  const std::vector<float> general = propagate(z_plus(), false);
  const std::vector<float> special = propagate(z_plus(), true);
  for (std::size_t i = 0; i < general.size(); ++i) EXPECT_NEAR(general[i], special[i], 1e-5F);
}

TEST_F(LinearShareTest, ABiasCountedTwiceEntersTheDenominatorTwice) {
  // Denominators near zero would make the comparison meaningless.
  for (float& value : bias_) value = 5.0F + std::abs(value);
  const auto message = [&](std::size_t i, std::size_t j) { return std::max(w(j, i) * x(i), 0.0); };
  const auto extra = [&](std::size_t j) { return 2.0 * static_cast<double>(bias_[j]); };
  expect_shares(propagate(z_plus(2.0F)), message, extra);
}

TEST_F(LinearShareTest, ZBoxSharesByTheDistanceFromTheBox) {
  low_ = {-4.0F};
  high_ = {5.0F};
  const auto message = [&](std::size_t i, std::size_t j) {
    return w(j, i) * x(i) - std::max(w(j, i), 0.0) * -4.0 - std::min(w(j, i), 0.0) * 5.0;
  };
  expect_shares(propagate(z_box()), message, kNoExtra);
}

TEST_F(LinearShareTest, AnOutputWithoutContributionsLosesItsRelevance) {
  std::ranges::fill(x_, 0.0F);
  for (const float value : propagate(z_plus())) EXPECT_EQ(value, 0.0F);
}

TEST_F(LinearShareTest, BranchesServeTheOutputsTheyAreMaskedFor) {
  // One branch per sign of the output, both the plain epsilon share: together the plain share.
  const LinearBranch plain{.terms = {LinearTerm{}}, .bias = WeightPart{}};
  LinearBranch positive = plain;
  positive.mask = LinearBranch::Mask::PositiveOutput;
  LinearBranch negative = plain;
  negative.mask = LinearBranch::Mask::NegativeOutput;
  const LinearShare whole{.name = "whole", .branches = {plain}};
  const LinearShare split{.name = "split", .branches = {positive, negative}};
  const std::vector<float> want = propagate(whole);
  const std::vector<float> got = propagate(split);
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], 1e-4F * (1.0F + std::abs(want[i])));
  }
}

}  // namespace
}  // namespace relcam
