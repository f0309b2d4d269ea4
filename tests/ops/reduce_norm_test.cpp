#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

const std::vector<float> kX = {1, 2, 3, 4, 5, 6};

/// Over the last axis of [2, 3], in both forms of the axes.
void expect_rows(const std::string& type, float first, float second) {
  NodeFixture attribute(type, 17);
  attribute.live({2, 3})
      .attribute("axes", std::vector<std::int64_t>{-1})
      .attribute("keepdims", std::int64_t{0});
  expect_near(run_node(attribute, {kX})[0], {first, second}, 1e-6F);
  EXPECT_EQ(run_shape(attribute), (Shape{2}));
  NodeFixture input(type, 18);
  input.live({2, 3}).constant(Constant::from_ints({1}, {1}));
  expect_near(run_node(input, {kX})[0], {first, second}, 1e-6F);
  EXPECT_EQ(run_shape(input), (Shape{2, 1}));
}

TEST(ReduceNorms, SumBetweenTwoFunctions) {
  expect_rows("ReduceL1", 6, 15);
  expect_rows("ReduceL2", std::sqrt(14.0F), std::sqrt(77.0F));
  expect_rows("ReduceSumSquare", 14, 77);
  expect_rows("ReduceLogSum", std::log(6.0F), std::log(15.0F));
  const float rest = std::log(1.0F + std::exp(-1.0F) + std::exp(-2.0F));
  expect_rows("ReduceLogSumExp", 3.0F + rest, 6.0F + rest);
  expect_rows("ReduceMin", 1, 4);
}

TEST(ReduceNorms, WithoutAxesReduceEverything) {
  NodeFixture node("ReduceL1", 18);
  node.live({2, 3}).attribute("keepdims", std::int64_t{0});
  EXPECT_EQ(run_node(node, {kX})[0], (std::vector<float>{21}));
  NodeFixture nothing("ReduceSumSquare", 18);
  nothing.live({2, 3}).attribute("noop_with_empty_axes", std::int64_t{1});
  EXPECT_EQ(run_node(nothing, {kX})[0], (std::vector<float>{1, 4, 9, 16, 25, 36}));
}

TEST(ReduceLogSumExp, DoesNotOverflow) {
  NodeFixture node("ReduceLogSumExp", 18);
  node.live({2});
  expect_near(run_node(node, {{1000, 1000}})[0], {1000.0F + std::log(2.0F)}, 1e-6F);
}

TEST(ReduceNorms, RefuseAxesThatAreNotThere) {
  NodeFixture node("ReduceL2", 17);
  node.live({2, 3}).attribute("axes", std::vector<std::int64_t>{2});
  expect_refused(node, ErrorCode::InvalidModel, "axis");
}

}  // namespace
}  // namespace relcam::testing
