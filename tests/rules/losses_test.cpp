#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rules/adjoint.h"
#include "rules/diagonal.h"
#include "rules/named_rules.h"
#include "rules/pass.h"
#include "support/dense_rule.h"
#include "support/node_fixture.h"

namespace relcam {
namespace {

constexpr std::size_t kInputs = 9;
constexpr std::size_t kOutputs = 4;

/// A dense layer of which output 0 is 0 with all its contributions.
class LossesTest : public ::testing::Test {
 protected:
  LossesTest() { std::fill_n(layer_.weights.begin(), kInputs, 0.0F); }

  struct Account {
    Losses losses;
    double sent = 0.0;
  };

  Account account(const Rule& rule) const {
    const std::vector<std::span<const float>> outgoing{relevance_};
    std::vector<float> incoming(kInputs);
    Account result;
    layer_.with_node([&](const RuleNode& node) {
      Denominators denominators = rule.denominators(node);
      rule.propagate(node, denominators, outgoing, 1, std::vector<std::span<float>>{incoming});
      result.losses = rule.losses(node, denominators, outgoing);
    });
    result.sent = std::accumulate(incoming.begin(), incoming.end(), 0.0);
    return result;
  }

  static double total(const Account& account) {
    const Losses& losses = account.losses;
    return account.sent + losses.zeros + losses.bias + losses.stabilizer + losses.padding;
  }

  /// Denominators may come close to 0, where float32 shares have few digits.
  static double tolerance(const Account& account) {
    return 1e-4 * (1.0 + std::abs(account.sent) + std::abs(account.losses.bias) +
                   std::abs(account.losses.stabilizer));
  }

  testing::DenseLayer layer_{.weights = testing::random_floats(kInputs * kOutputs, 1),
                             .bias = {0.0F, 3.0F, -3.0F, 2.0F},
                             .x = testing::random_floats(kInputs, 2),
                             .low = {-4.0F},
                             .high = {4.0F}};
  std::vector<float> relevance_ = {1.0F, -2.0F, 0.5F, 4.0F};
};

constexpr double kReceived = 3.5;

TEST_F(LossesTest, ZPlusAndZBoxLoseToZerosAlone) {
  for (const LinearShare& share : {z_plus_share(), z_box_share()}) {
    const Account found = account(*make_linear_rule(share));
    EXPECT_EQ(found.losses.zeros, 1.0) << share.name;
    EXPECT_EQ(found.losses.bias, 0.0) << share.name;
    EXPECT_EQ(found.losses.stabilizer, 0.0) << share.name;
    EXPECT_NEAR(total(found), kReceived, tolerance(found)) << share.name;
  }
}

TEST_F(LossesTest, BiasAndStabilizerTakeTheirShares) {
  const LinearShare share{.name = "epsilon",
                          .branches = {{.terms = {LinearTerm{}}, .bias = WeightPart{}}},
                          .stabilizer = {.kind = Stabilizer::Kind::Signed, .epsilon = 0.5F}};
  const Account found = account(*make_linear_rule(share));
  // Output 0 is nothing but its stabilizer.
  EXPECT_GE(std::abs(found.losses.stabilizer), 1e-3);
  EXPECT_NE(found.losses.bias, 0.0);
  EXPECT_EQ(found.losses.zeros, 0.0);
  EXPECT_NEAR(total(found), kReceived, tolerance(found));
}

TEST_F(LossesTest, WithoutInputTheBiasGetsWhatTheStabilizerLeaves) {
  std::ranges::fill(layer_.x, 0.0F);
  const LinearShare share{.name = "epsilon",
                          .branches = {{.terms = {LinearTerm{}}, .bias = WeightPart{}}},
                          .stabilizer = {.kind = Stabilizer::Kind::Plus, .epsilon = 1.0F}};
  const Account found = account(*make_linear_rule(share));
  // R b / (b + 1) and R / (b + 1) for b = 0, 3, -3, 2.
  EXPECT_NEAR(found.losses.bias, -2.0 * 0.75 + 0.5 * 1.5 + 4.0 * 2.0 / 3.0, 1e-5);
  EXPECT_NEAR(found.losses.stabilizer, 1.0 - 2.0 * 0.25 - 0.5 * 0.5 + 4.0 / 3.0, 1e-5);
}

TEST_F(LossesTest, MaskedBranchesLoseEveryOutputOnce) {
  LinearBranch positive{.terms = {LinearTerm{}}, .bias = WeightPart{}};
  positive.mask = LinearBranch::Mask::PositiveOutput;
  LinearBranch negative = positive;
  negative.mask = LinearBranch::Mask::NegativeOutput;
  const LinearShare share{.name = "by sign", .branches = {positive, negative}};
  const Account found = account(*make_linear_rule(share));
  EXPECT_EQ(found.losses.zeros, 1.0);
  EXPECT_NEAR(total(found), kReceived, tolerance(found));
}

TEST_F(LossesTest, BranchesBookTheirCoefficients) {
  using enum WeightPart::Kind;
  LinearBranch excitation;
  excitation.terms = {{.input = InputPart::Positive, .weight = {.kind = Positive}},
                      {.input = InputPart::Negative, .weight = {.kind = Negative}}};
  LinearBranch inhibition;
  inhibition.terms = {{.input = InputPart::Positive, .weight = {.kind = Negative}},
                      {.input = InputPart::Negative, .weight = {.kind = Positive}}};
  excitation.coefficient = 2.0F;
  inhibition.coefficient = -1.0F;
  const LinearShare share{.name = "alpha2-beta1", .branches = {excitation, inhibition}};
  const Account found = account(*make_linear_rule(share));
  EXPECT_EQ(found.losses.zeros, 1.0);
  EXPECT_NEAR(total(found), kReceived, tolerance(found));
}

TEST_F(LossesTest, AGradientLosesNothing) {
  const Account found = account(*make_adjoint_rule("gradient", false));
  EXPECT_EQ(total(found), found.sent);
}

/// y_i = w_i x_i with w = (0, 2, 1e-9): as many inputs as outputs.
Losses losses_of_scaling(const Rule& rule) {
  const testing::DenseLayer scale{
      .weights = {0.0F, 0.0F, 0.0F, 0.0F, 2.0F, 0.0F, 0.0F, 0.0F, 1e-9F},
      .bias = {0.0F, 0.0F, 0.0F},
      .x = {1.0F, 1.0F, 1.0F},
      .non_negative = true};
  const std::vector<float> relevance{1.0F, 2.0F, 4.0F};
  const std::vector<std::span<const float>> outgoing{relevance};
  Losses losses;
  scale.with_node(
      [&](const RuleNode& node) { losses = rule.losses(node, rule.denominators(node), outgoing); });
  return losses;
}

TEST(Losses, OfAKeptBatchNormalizationAreZerosAndItsEpsilon) {
  const Losses losses = losses_of_scaling(*make_diagonal_rule());
  EXPECT_EQ(losses.zeros, 1.0);
  // 1e-9 / (1e-9 + 1e-9): half of 4.
  EXPECT_NEAR(losses.stabilizer, 2.0, 1e-5);
}

TEST(Losses, OfAPoolThatDividesByItsResultAreItsZeros) {
  EXPECT_EQ(losses_of_scaling(*make_adjoint_rule("winner", true, true)).zeros, 1.0);
  const Losses kept = losses_of_scaling(*make_adjoint_rule("winner", true, false));
  EXPECT_EQ(kept.zeros, 0.0);
  EXPECT_EQ(kept.padding, 1.0);  // nothing feeds the first output
}

TEST(SplitsWeights, HoldsForRulesThatLookAtSigns) {
  EXPECT_TRUE(make_linear_rule(z_plus_share())->splits_weights());
  EXPECT_TRUE(make_linear_rule(z_box_share())->splits_weights());
  EXPECT_FALSE(
      make_linear_rule({.name = "epsilon", .branches = {{.terms = {LinearTerm{}}, .bias = {}}}})
          ->splits_weights());
  EXPECT_FALSE(make_adjoint_rule("gradient", false)->splits_weights());
  EXPECT_FALSE(make_pass_rule()->splits_weights());
}

}  // namespace
}  // namespace relcam
