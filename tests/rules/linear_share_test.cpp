#include "rules/linear_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/constant.h"
#include "ops/convolution_operation.h"
#include "rules/named_rules.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;

TEST(LinearShare, KnowingThatInputsAreNonNegativeChangesNothing) {
  DenseRule layer(1);
  for (float& value : layer.x) value = std::abs(value);
  for (const LinearShare& share : {z_plus_share(), gamma_share(0.25F, {}),
                                   alpha_beta_share(2.0F, 1.0F, signed_stabilizer(1e-3))}) {
    const auto rule = make_linear_rule(share);
    layer.non_negative = false;
    const std::vector<float> general = layer.propagate(*rule);
    layer.non_negative = true;
    const std::vector<float> special = layer.propagate(*rule);
    for (std::size_t i = 0; i < general.size(); ++i) {
      EXPECT_NEAR(general[i], special[i], 1e-4F * (1.0F + std::abs(general[i]))) << share.name;
    }
  }
}

TEST(LinearShare, ABiasFactorScalesTheBiasInTheDenominator) {
  DenseRule layer(2);
  // Denominators near zero would make the comparison meaningless.
  for (float& value : layer.bias) value = 5.0F + std::abs(value);
  LinearShare share = z_plus_share(WeightPart{});
  share.branches.front().bias_factor = 2.0F;
  const auto message = [&](std::size_t i, std::size_t j) {
    return testing::plus(layer.w(j, i) * layer.a(i));
  };
  const auto rest = [&](std::size_t j) { return 2.0 * layer.b(j); };
  testing::expect_shares(layer.propagate(*make_linear_rule(share)),
                         testing::shares(layer, message, rest, 0.0));
}

TEST(LinearShare, AnOutputWithoutContributionsLosesItsRelevance) {
  DenseRule layer(3);
  std::ranges::fill(layer.x, 0.0F);
  for (const float value : layer.propagate(*make_linear_rule(z_plus_share()))) {
    EXPECT_EQ(value, 0.0F);
  }
}

TEST(LinearShare, BranchesServeTheOutputsTheyAreMaskedFor) {
  // One branch per sign of the output, both the plain epsilon share: together the plain share.
  const DenseRule layer(4);
  const LinearBranch plain{.terms = {LinearTerm{}}, .bias = WeightPart{}};
  LinearBranch positive = plain;
  positive.mask = LinearBranch::Mask::PositiveOutput;
  LinearBranch negative = plain;
  negative.mask = LinearBranch::Mask::NegativeOutput;
  const LinearShare whole{.name = "whole", .branches = {plain}};
  const LinearShare split{.name = "split", .branches = {positive, negative}};
  const std::vector<float> want = layer.propagate(*make_linear_rule(whole));
  const std::vector<float> got = layer.propagate(*make_linear_rule(split));
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], 1e-4F * (1.0F + std::abs(want[i])));
  }
}

/// Relevances of two sweeps, one after the other, and the losses of the last.
struct TwoSweeps {
  std::vector<float> first;
  std::vector<float> second;
  Losses losses;
};

TwoSweeps two_sweeps(const Rule& rule, const RuleNode& node, std::span<const float> first,
                     std::span<const float> second) {
  const std::size_t size = DenseRule::kSweeps * DenseRule::kInputs;
  TwoSweeps result{std::vector<float>(size), std::vector<float>(size), {}};
  Denominators denominators = rule.denominators(node);
  const auto sweep = [&](std::span<const float> relevance, std::span<float> incoming) {
    const std::vector<std::span<const float>> outgoing{relevance};
    rule.propagate(node, denominators, outgoing, DenseRule::kSweeps,
                   std::vector<std::span<float>>{incoming});
  };
  sweep(first, result.first);
  sweep(second, result.second);
  const std::vector<std::span<const float>> outgoing{second.first(DenseRule::kOutputs)};
  result.losses = rule.losses(node, denominators, outgoing);
  return result;
}

void expect_alike(const std::vector<float>& got, const std::vector<float>& want) {
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], 2e-4F * (1.0F + std::abs(want[i]))) << i;
  }
}

void expect_same_sharing(const LinearShare& share, DenseRule layer, bool non_negative) {
  SCOPED_TRACE(share.name + (non_negative ? ", no input is negative" : ""));
  const ThreadPool pool(1);
  const auto rule = make_linear_rule(share);
  layer.non_negative = non_negative;
  for (float& value : layer.x) value = non_negative ? std::abs(value) : value;
  for (float& value : layer.bias) value = 3.0F + std::abs(value);
  // The second sweep reaches outputs that the first does not, and the other way round.
  std::vector<float> first = layer.relevance;
  std::vector<float> second = layer.relevance;
  for (std::size_t i = 0; i < first.size(); ++i) {
    (i % DenseRule::kOutputs % 3 == 0 ? first : second)[i] = 0.0F;
  }
  second[1] = 2.0F;
  const Constant weights =
      Constant::from_floats({static_cast<std::int64_t>(layer.weights.size())}, layer.weights);
  const auto product = make_matrix_product(1, DenseRule::kInputs, DenseRule::kOutputs,
                                           {.values = weights, .bias = layer.bias}, pool);
  ASSERT_NE(product->linear()->by_output(), nullptr);
  TwoSweeps want;
  TwoSweeps got;
  layer.with_node([&](const RuleNode& node) { want = two_sweeps(*rule, node, first, second); });
  layer.with_operation(*product,
                       [&](const RuleNode& node) { got = two_sweeps(*rule, node, first, second); });
  expect_alike(got.first, want.first);
  expect_alike(got.second, want.second);
  const auto columns = [](const Losses& losses) {
    return std::vector<float>{static_cast<float>(losses.zeros), static_cast<float>(losses.bias),
                              static_cast<float>(losses.stabilizer),
                              static_cast<float>(losses.padding)};
  };
  expect_alike(columns(got.losses), columns(want.losses));
}

TEST(LinearShare, SharesTheSameWhereOneReadingOfTheWeightsServesAll) {
  const LinearBranch plain{.terms = {LinearTerm{}}, .bias = WeightPart{}};
  const LinearShare relative{
      .name = "relative", .branches = {plain}, .stabilizer = {Stabilizer::Kind::Relative, 0.1F}};
  for (const LinearShare& share :
       {z_plus_share(), z_plus_share(WeightPart{}), gamma_share(0.25F, signed_stabilizer(1e-3)),
        alpha_beta_share(2.0F, 1.0F, signed_stabilizer(1e-3)), z_box_share(), flat_share({}),
        relative}) {
    for (unsigned seed = 10; seed < 14; ++seed) {
      expect_same_sharing(share, DenseRule(seed), true);
      expect_same_sharing(share, DenseRule(seed), false);
    }
  }
}

TEST(LinearShare, ServesNodesWithALinearMapOnly) {
  const auto rule = make_linear_rule(z_plus_share());
  testing::DenseOperation dense({1.0F}, {0.0F});
  EXPECT_TRUE(rule->serves({.kind = Kind::Linear, .operation = &dense}));
  EXPECT_FALSE(rule->serves({.kind = Kind::Activation}));
}

TEST(LinearShare, ReadsWhatItsTermsTakeOfTheForwardPass) {
  const auto reads = [](const LinearShare& share) { return make_linear_rule(share)->reads({}); };
  EXPECT_TRUE(reads(z_plus_share()).inputs);
  EXPECT_FALSE(reads(z_plus_share()).outputs);
  EXPECT_TRUE(reads(z_box_share()).bounds);
  EXPECT_TRUE(reads(gamma_share(0.25F, {})).outputs);
  EXPECT_FALSE(reads(flat_share({})).inputs);
}

}  // namespace
}  // namespace relcam
