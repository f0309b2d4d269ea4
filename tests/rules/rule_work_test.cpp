#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rules/adjoint.h"
#include "rules/named_rules.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;

constexpr std::size_t kPieces = 3;

std::size_t count_steps(RuleWork& work, const RuleNode& node) {
  std::size_t steps = 1;
  for (; work.step(node); ++steps) {
  }
  return steps;
}

/// Relevance of the layer's first sweep as a heavy operator sends it, step by step.
std::vector<float> propagate_in_steps(const DenseRule& layer, const Rule& rule,
                                      std::size_t least_steps, bool has_denominators = true) {
  std::vector<float> result(DenseRule::kInputs, std::nanf(""));
  testing::DenseOperation heavy(layer.weights, layer.bias, kPieces);
  layer.with_operation(heavy, [&](const RuleNode& node) {
    Denominators denominators;
    const auto denomination = rule.start_denominators(node, denominators);
    ASSERT_EQ(denomination != nullptr, has_denominators);
    if (denomination) {
      EXPECT_GE(count_steps(*denomination, node), least_steps);
    }

    const std::vector<std::span<const float>> outgoing{
        std::span(layer.relevance).first(DenseRule::kOutputs)};
    const std::vector<std::span<float>> incoming{result};
    const auto propagation = rule.start_propagation(node, denominators, outgoing, incoming);
    ASSERT_NE(propagation, nullptr);
    EXPECT_GE(count_steps(*propagation, node), least_steps);
  });
  return result;
}

void expect_first_sweep(const std::vector<float>& got, const DenseRule& layer, const Rule& rule) {
  std::vector<float> want = layer.propagate(rule);
  want.resize(DenseRule::kInputs);
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], 1e-5F * (1.0F + std::abs(want[i]))) << rule.name();
  }
}

/// Inputs of both signs give every branch as many terms as it can have.
TEST(RuleWork, OfALinearRuleComesToTheSameInPieces) {
  const DenseRule layer(5);
  const Stabilizer stabilizer = signed_stabilizer(1e-3);
  for (const auto& [share, terms] :
       {std::pair{z_plus_share({}, stabilizer), std::size_t{2}},
        std::pair{gamma_share(0.25F, stabilizer), std::size_t{4}},
        std::pair{alpha_beta_share(2.0F, 1.0F, stabilizer), std::size_t{4}},
        std::pair{z_box_share(stabilizer), std::size_t{3}}}) {
    const auto rule = make_linear_rule(share);
    expect_first_sweep(propagate_in_steps(layer, *rule, terms * kPieces), layer, *rule);
  }
}

TEST(RuleWork, OfAnAdjointComesToTheSameInPieces) {
  const DenseRule layer(6);
  const auto rule = make_adjoint_rule("gradient", false);
  expect_first_sweep(propagate_in_steps(layer, *rule, kPieces, false), layer, *rule);
}

TEST(RuleWork, IsDoneAtOnceWhereItIsLightAndOneProduct) {
  const DenseRule layer(7);
  const auto rule = make_linear_rule(epsilon_share(signed_stabilizer(1e-3)));
  layer.with_node([&](const RuleNode& node) {
    Denominators denominators;
    EXPECT_EQ(rule->start_denominators(node, denominators), nullptr);
    EXPECT_EQ(rule->start_propagation(node, denominators, {}, {}), nullptr);
  });
}

}  // namespace
}  // namespace relcam
