#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "rules/constant.h"
#include "rules/rescaled_sum.h"
#include "rules/taylor.h"
#include "support/node_fixture.h"
#include "support/rule_run.h"

namespace relcam {
namespace {

using testing::NodeFixture;
using testing::RuleRun;
using Arrays = std::vector<std::vector<float>>;

double total(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

void expect_near(const std::vector<float>& got, const std::vector<double>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(got[i]), want[i], 1e-4 * (1.0 + std::abs(want[i]))) << i;
  }
}

constexpr std::size_t kRows = 3;
constexpr std::size_t kDepth = 4;
constexpr std::size_t kColumns = 2;

/// A[rows, depth] B[depth, columns].
class ProductTest : public ::testing::Test {
 protected:
  ProductTest() { node_.live({kRows, kDepth}).live({kDepth, kColumns}); }

  RuleRun product() {
    const Arrays inputs = {testing::random_floats(kRows * kDepth, 1, 0.1F, 1.0F),
                           testing::random_floats(kDepth * kColumns, 2)};
    return {.operation = node_.prepared(),
            .inputs = inputs,
            .output = node_.forward(inputs).front(),
            .relevance = testing::random_floats(kRows * kColumns, 3)};
  }

  /// sum over columns or rows of a b R / (A B), from the formula.
  static std::vector<double> shares(const RuleRun& run, bool left) {
    std::vector<double> result(left ? kRows * kDepth : kDepth * kColumns, 0.0);
    for (std::size_t i = 0; i < kRows; ++i) {
      for (std::size_t j = 0; j < kColumns; ++j) {
        for (std::size_t k = 0; k < kDepth; ++k) {
          const double part = static_cast<double>(run.inputs[0][i * kDepth + k]) *
                              static_cast<double>(run.inputs[1][k * kColumns + j]);
          result[left ? i * kDepth + k : k * kColumns + j] +=
              part * static_cast<double>(run.relevance[i * kColumns + j]) /
              static_cast<double>(run.output[i * kColumns + j]);
        }
      }
    }
    return result;
  }

  NodeFixture node_{"MatMul"};
};

TEST_F(ProductTest, TaylorGivesHalfToEachFactor) {
  RuleRun run = product();
  run.run(*make_taylor_rule({}));
  for (const bool left : {true, false}) {
    std::vector<double> want = shares(run, left);
    for (double& value : want) value /= 2.0;
    expect_near(run.incoming[left ? 0 : 1], want);
  }
  EXPECT_NEAR(run.sent(), total(run.relevance), 1e-4);
}

TEST_F(ProductTest, TheValuesGetAll) {
  for (const std::size_t receiver : {0U, 1U}) {
    RuleRun run = product();
    const auto rule = make_value_rule(receiver, {});
    EXPECT_TRUE(rule->conserves());
    run.run(*rule);
    expect_near(run.incoming[receiver], shares(run, receiver == 0));
    EXPECT_EQ(total(run.incoming[1 - receiver]), 0.0);
    EXPECT_NEAR(run.sent(), total(run.relevance), 1e-4);
  }
}

TEST(TaylorRule, OfSoftmaxIsThatOfAttnLrp) {
  constexpr std::size_t kSize = 5;
  NodeFixture node("Softmax");
  node.live({1, kSize});
  const Arrays inputs = {testing::random_floats(kSize, 4, -2.0F, 2.0F)};
  RuleRun run{.operation = node.prepared(),
              .inputs = inputs,
              .output = node.forward(inputs).front(),
              .relevance = testing::random_floats(kSize, 5)};
  run.run(*make_taylor_rule({}));
  std::vector<double> want;
  for (std::size_t i = 0; i < kSize; ++i) {
    // x (R - s sum R)
    want.push_back(static_cast<double>(inputs[0][i]) *
                   (static_cast<double>(run.relevance[i]) -
                    static_cast<double>(run.output[i]) * total(run.relevance)));
  }
  expect_near(run.incoming[0], want);
  EXPECT_NEAR(run.sent() + run.losses.bias, total(run.relevance), 1e-5);
}

TEST(TaylorRule, LetsConstantsAbsorbTheirShare) {
  NodeFixture node("Add");
  node.live({3}).constant(Constant::from_floats({3}, {1.0F, -4.0F, 2.0F}));
  const Arrays inputs = {{3.0F, 2.0F, 2.0F}};
  RuleRun run{.operation = node.prepared(),
              .inputs = {inputs[0], {}},
              .output = node.forward(inputs).front(),
              .relevance = {4.0F, 1.0F, 1.0F}};
  run.run(*make_taylor_rule({}));
  expect_near(run.incoming[0], {3.0, -1.0, 0.5});
  EXPECT_NEAR(run.losses.bias, 3.5, 1e-6);
}

TEST(FrozenDeviationRule, SubtractsTheMeanAndLetsTheShiftAbsorb) {
  constexpr std::size_t kSize = 6;
  const std::vector<float> scale = testing::random_floats(kSize, 6, 0.5F, 1.5F);
  const std::vector<float> shift = testing::random_floats(kSize, 7);
  NodeFixture node("LayerNormalization");
  node.live({1, kSize}).constant(Constant::from_floats({kSize}, scale));
  node.constant(Constant::from_floats({kSize}, shift));
  const Arrays inputs = {testing::random_floats(kSize, 8, -1.0F, 3.0F)};
  RuleRun run{.operation = node.prepared(),
              .inputs = {inputs[0], {}, {}},
              .output = node.forward(inputs).front(),
              .relevance = testing::random_floats(2 * kSize, 9)};
  run.run(*make_frozen_deviation_rule({}));
  const double mean = total(inputs[0]) / kSize;
  double variance = 1e-5;
  for (const float x : inputs[0]) variance += std::pow(static_cast<double>(x) - mean, 2) / kSize;
  std::vector<double> want;
  for (std::size_t k = 0; k < 2; ++k) {
    std::vector<double> slopes;
    for (std::size_t j = 0; j < kSize; ++j) {
      slopes.push_back(static_cast<double>(run.relevance[k * kSize + j]) *
                       static_cast<double>(scale[j]) / static_cast<double>(run.output[j]) /
                       std::sqrt(variance));
    }
    const double middle = std::accumulate(slopes.begin(), slopes.end(), 0.0) / kSize;
    for (std::size_t i = 0; i < kSize; ++i) {
      want.push_back(static_cast<double>(inputs[0][i]) * (slopes[i] - middle));
    }
  }
  expect_near(run.incoming[0], want);
}

TEST(ConstantRule, PassesNothingAndBooksAll) {
  NodeFixture node("Softmax");
  node.live({1, 2});
  const Arrays inputs = {{1.0F, 2.0F}};
  RuleRun run{.operation = node.prepared(),
              .inputs = inputs,
              .output = node.forward(inputs).front(),
              .relevance = {3.0F, 1.0F}};
  run.run(*make_constant_rule());
  EXPECT_EQ(run.incoming[0], (std::vector<float>{0.0F, 0.0F}));
  EXPECT_EQ(run.losses.bias, 4.0);
}

TEST(RescaledSumRule, GivesEveryPartATotalOfTheRelevancesSign) {
  NodeFixture node("Add");
  node.live({3}).live({3});
  const Arrays inputs = {{2.0F, 1.0F, -1.0F}, {-1.0F, 1.0F, 3.0F}};
  RuleRun run{.operation = node.prepared(),
              .inputs = inputs,
              .output = node.forward(inputs).front(),
              .relevance = {1.0F, 2.0F, 4.0F}};
  run.run(*make_rescaled_sum_rule());
  // p' = 2, 1, -2 (sum 1) and q' = -1, 1, 6 (sum 6); sum R = 7: parts of 1 and 6.
  expect_near(run.incoming[0], {2.0, 1.0, -2.0});
  expect_near(run.incoming[1], {-1.0, 1.0, 6.0});
  run.relevance = {4.0F, 2.0F, 4.0F};
  run.run(*make_rescaled_sum_rule());
  // p' = 8, 1, -2 (7), q' = -4, 1, 6 (3), sum R = 10: as they are. Now against each other:
  expect_near(run.incoming[0], {8.0, 1.0, -2.0});
  run.relevance = {4.0F, 2.0F, 0.0F};
  run.run(*make_rescaled_sum_rule());
  // p' = 8, 1, 0 (9), q' = -4, 1, 0 (-3), sum R = 6: parts of 6 * 9 / 12 and 6 * 3 / 12.
  expect_near(run.incoming[0], {4.0, 0.5, 0.0});
  expect_near(run.incoming[1], {2.0, -0.5, 0.0});
}

TEST(RescaledSumRule, DropsTheShareOfAConstant) {
  NodeFixture node("Add");
  node.live({2}).constant(Constant::from_floats({2}, {1.0F, 1.0F}));
  const Arrays inputs = {{1.0F, 3.0F}};
  RuleRun run{.operation = node.prepared(),
              .inputs = {inputs[0], {}},
              .output = node.forward(inputs).front(),
              .relevance = {2.0F, 4.0F}};
  run.run(*make_rescaled_sum_rule());
  // p' = 1, 3 and the constant's 1, 1: totals of 4 and 2.
  expect_near(run.incoming[0], {1.0, 3.0});
  EXPECT_NEAR(run.losses.bias, 2.0, 1e-5);
}

}  // namespace
}  // namespace relcam
