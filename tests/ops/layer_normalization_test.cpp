#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

NodeFixture layer_normalization(Shape shape, Shape parameters) {
  NodeFixture node("LayerNormalization");
  const std::size_t count = element_count(parameters);
  node.live(std::move(shape))
      .constant(Constant::from_floats(parameters, std::vector<float>(count, 2.0F)))
      .constant(Constant::from_floats(parameters, std::vector<float>(count, 1.0F)));
  return node;
}

TEST(LayerNormalization, EachRowHasMeanZeroAndDeviationOneBeforeScaleAndBias) {
  NodeFixture node = layer_normalization({2, 2}, {2});
  node.attribute("epsilon", 0.0F);
  EXPECT_EQ(node.forward({{1, 3, 1000, 998}})[0], (std::vector<float>{-1, 3, 3, -1}));
}

TEST(LayerNormalization, AxisSaysWhereTheRowBegins) {
  NodeFixture node = layer_normalization({1, 2, 2}, {2, 2});
  node.attribute("axis", std::int64_t{1}).attribute("epsilon", 0.0F);
  const float step = 2.0F / std::sqrt(5.0F);
  expect_near(node.forward({{1, 2, 3, 4}})[0], {1 - 3 * step, 1 - step, 1 + step, 1 + 3 * step});
}

TEST(LayerNormalization, EpsilonKeepsAConstantRowFinite) {
  NodeFixture node = layer_normalization({1, 3}, {3});
  EXPECT_EQ(node.forward({{5, 5, 5}})[0], (std::vector<float>{1, 1, 1}));
}

TEST(LayerNormalization, GradientSumsToZeroOverARow) {
  NodeFixture node = layer_normalization({1, 4}, {4});
  const std::vector<float> gradient = node.vjp({{1, -2, 0.5F, 3}}, {{1, 0, 0, 0}})[0];
  EXPECT_NEAR(gradient[0] + gradient[1] + gradient[2] + gradient[3], 0.0F, 1e-6F);
  EXPECT_GT(gradient[0], 0.0F);
}

/// x / sqrt(mean of squares + epsilon) * scale
TEST(RMSNormalization, EachRowHasMeanSquareOneBeforeTheScale) {
  NodeFixture node("RMSNormalization", 23);
  node.live({2, 2}).constant(Constant::from_floats({2}, {2, 10})).attribute("epsilon", 1.0F);
  expect_near(node.forward({{1, std::sqrt(5.0F), 0, 0}})[0], {1, 5 * std::sqrt(5.0F), 0, 0});
}

TEST(RMSNormalization, HasNoShift) {
  NodeFixture node("RMSNormalization", 23);
  const Constant ones = Constant::from_floats({2}, {1, 1});
  node.live({2, 2}).constant(ones).constant(ones);
  EXPECT_THROW(node.infer(), Error);
}

/// Mean 2, variance 2/3, epsilon 1e-5.
TEST(LayerNormalization, GivesMeanAndInverseDeviation) {
  NodeFixture node("LayerNormalization");
  node.live({1, 3}).constant(Constant::from_floats({3}, {1, 1, 1})).outputs(3);
  const auto outputs = run_node(node, {{1, 2, 3}});
  const float inverse = 1.0F / std::sqrt(2.0F / 3.0F + 1e-5F);
  expect_near(outputs[0], {-inverse, 0, inverse});
  expect_near(outputs[1], {2});
  expect_near(outputs[2], {inverse});
}

TEST(LayerNormalization, SaysWhatIsNotSupported) {
  NodeFixture scale = layer_normalization({1, 3}, {1});
  expect_error(ErrorCode::UnsupportedOperator, "'Scale'", [&] { scale.infer(); });
}

}  // namespace
}  // namespace relcam::testing
