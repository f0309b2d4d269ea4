#include "rules/linear_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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
