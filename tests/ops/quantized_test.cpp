#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/constants.h"
#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

Constant scalar(float value) { return Constant::from_floats({}, {value}); }
Constant uint8(std::uint8_t value) { return integers<std::uint8_t>(DType::UInt8, {}, {value}); }
Constant int8(std::int8_t value) { return integers<std::int8_t>(DType::Int8, {}, {value}); }

std::vector<std::int8_t> random_weights(std::size_t count) {
  std::vector<std::int8_t> weights;
  for (const float value : random_floats(count, 9, -127.0F, 127.0F)) {
    weights.push_back(static_cast<std::int8_t>(value));
  }
  return weights;
}

std::vector<float> random_levels(std::size_t count) {
  std::vector<float> levels = random_floats(count, 4, 0.0F, 255.0F);
  for (float& level : levels) level = std::floor(level);
  return levels;
}

/// Integer arithmetic, requantised by the product of the scales: what the definition says. Channels
/// of weights have scales of their own.
TEST(QLinearConv, AgreesWithIntegersWithinOneStep) {
  constexpr std::size_t kIn = 3;
  constexpr std::size_t kOut = 2;
  constexpr std::size_t kPixels = 4;
  const auto weights = random_weights(kOut * kIn);
  const std::vector<float> scales = {0.01F, 0.03F};
  const std::vector<std::int32_t> bias = {1000, -2000};
  NodeFixture node("QLinearConv");
  node.live({1, 3, 2, 2}, DType::UInt8)
      .constant(scalar(0.02F))
      .constant(uint8(100))
      .constant(integers(DType::Int8, {2, 3, 1, 1}, weights))
      .constant(Constant::from_floats({2}, scales))
      .constant(integers<std::int8_t>(DType::Int8, {2}, {0, 0}))
      .constant(scalar(0.5F))
      .constant(uint8(30))
      .constant(integers(DType::Int32, {2}, bias));
  const auto x = random_levels(kIn * kPixels);
  const auto y = run_node(node, {x})[0];
  for (std::size_t o = 0; o < kOut; ++o) {
    for (std::size_t p = 0; p < kPixels; ++p) {
      std::int32_t sum = bias[o];
      for (std::size_t i = 0; i < kIn; ++i) {
        sum += (static_cast<std::int32_t>(x[i * kPixels + p]) - 100) * weights[o * kIn + i];
      }
      const double real = static_cast<double>(sum) * 0.02 * static_cast<double>(scales[o]);
      const double level = std::clamp(std::nearbyint(real / 0.5) + 30.0, 0.0, 255.0);
      EXPECT_NEAR(y[o * kPixels + p], level, 1.0);
      EXPECT_EQ(y[o * kPixels + p], std::floor(y[o * kPixels + p]));
    }
  }
}

TEST(ConvInteger, SubtractsZeroPointsBeforePadding) {
  NodeFixture node("ConvInteger");
  node.live({1, 1, 2, 2}, DType::UInt8)
      .constant(integers<std::uint8_t>(DType::UInt8, {1, 1, 2, 2}, {1, 1, 1, 1}))
      .constant(uint8(1))
      .attribute("pads", std::vector<std::int64_t>{1, 1, 0, 0});
  EXPECT_EQ(run_node(node, {{2, 3, 4, 5}})[0], (std::vector<float>{1, 3, 4, 10}));
}

/// The example of the ONNX page.
TEST(MatMulInteger, SubtractsZeroPoints) {
  NodeFixture node("MatMulInteger");
  node.live({4, 3}, DType::UInt8)
      .constant(integers<std::uint8_t>(DType::UInt8, {3, 2}, {1, 4, 2, 5, 3, 6}))
      .constant(integers<std::uint8_t>(DType::UInt8, {1}, {12}))
      .constant(integers<std::uint8_t>(DType::UInt8, {1}, {0}));
  EXPECT_EQ(run_node(node, {{11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0}})[0],
            (std::vector<float>{-38, -83, -44, -98, -50, -113, -56, -128}));
}

/// Rows of A and columns of B with their own scales; the last output has another scale.
TEST(QLinearMatMul, PerRowAndPerColumn) {
  NodeFixture node("QLinearMatMul");
  node.live({2, 2}, DType::UInt8)
      .constant(Constant::from_floats({2}, {0.5F, 1.0F}))
      .constant(integers<std::uint8_t>(DType::UInt8, {2}, {0, 10}))
      .constant(integers<std::int8_t>(DType::Int8, {2, 2}, {1, 2, 3, 4}))
      .constant(Constant::from_floats({2}, {1.0F, 2.0F}))
      .constant(integers<std::int8_t>(DType::Int8, {2}, {0, 1}))
      .constant(scalar(0.5F))
      .constant(uint8(100));
  // A = [[1, 2], [2, 3]], B = [[1, 2], [3, 6]].
  EXPECT_EQ(run_node(node, {{2, 4, 12, 13}})[0], (std::vector<float>{114, 128, 122, 144}));
}

NodeFixture microsoft(const std::string& type) { return NodeFixture("com.microsoft." + type); }

TEST(QLinearAdd, AddsRealValues) {
  NodeFixture node = microsoft("QLinearAdd");
  node.live({2}, DType::UInt8).constant(scalar(0.5F)).constant(uint8(10));
  node.live({2}, DType::UInt8).constant(scalar(2.0F)).constant(uint8(0));
  node.constant(scalar(1.0F)).constant(uint8(5));
  // (12 - 10) / 2 + 2 * 3 = 7; (0 - 10) / 2 + 0 = -5.
  EXPECT_EQ(run_node(node, {{12, 0}, {3, 0}})[0], (std::vector<float>{12, 0}));
}

TEST(QLinearFunctions, OfOneOperand) {
  NodeFixture pool = microsoft("QLinearGlobalAveragePool");
  pool.live({1, 1, 2, 2}, DType::UInt8).constant(scalar(0.5F)).constant(uint8(2));
  pool.constant(scalar(0.25F)).constant(uint8(1));
  EXPECT_EQ(run_node(pool, {{2, 4, 6, 8}})[0], (std::vector<float>{7}));
  NodeFixture leaky = microsoft("QLinearLeakyRelu");
  leaky.live({2}, DType::UInt8).constant(scalar(1.0F)).constant(uint8(100));
  leaky.constant(scalar(0.5F)).constant(uint8(50)).attribute("alpha", 0.1F);
  EXPECT_EQ(run_node(leaky, {{110, 90}})[0], (std::vector<float>{70, 48}));
}

TEST(QLinearConcat, OfDifferentScales) {
  NodeFixture node = microsoft("QLinearConcat");
  node.constant(scalar(1.0F)).constant(uint8(0));
  node.live({1}, DType::UInt8).constant(scalar(2.0F)).constant(uint8(1));
  node.live({1}, DType::UInt8).constant(scalar(0.5F)).constant(uint8(0));
  node.attribute("axis", std::int64_t{0});
  EXPECT_EQ(run_node(node, {{4}, {10}})[0], (std::vector<float>{6, 5}));
}

TEST(QGemm, WithBiasToLevelsOrToFloats) {
  const auto product = [] {
    NodeFixture node = microsoft("QGemm");
    node.live({1, 2}, DType::UInt8).constant(scalar(0.5F)).constant(uint8(0));
    node.constant(integers<std::int8_t>(DType::Int8, {1, 2}, {2, -4}))
        .constant(scalar(0.25F))
        .constant(int8(0))
        .constant(integers<std::int32_t>(DType::Int32, {1}, {8}))
        .attribute("transB", std::int64_t{1});
    return node;
  };
  // 0.5 * 0.25 * (10 * 2 - 3 * 4 + 8) = 2.
  EXPECT_EQ(run_node(product(), {{10, 3}})[0], (std::vector<float>{2}));
  NodeFixture levels = product();
  levels.constant(scalar(0.5F)).constant(uint8(7));
  EXPECT_EQ(run_node(levels, {{10, 3}})[0], (std::vector<float>{11}));
}

TEST(DynamicQuantization, RunsInFloat32) {
  NodeFixture product = microsoft("DynamicQuantizeMatMul");
  product.live({1, 2})
      .constant(integers<std::int8_t>(DType::Int8, {2, 1}, {2, -4}))
      .constant(scalar(0.5F))
      .constant(int8(1))
      .constant(Constant::from_floats({1}, {10}));
  // 0.3 * (2 - 1) / 2 + 0.7 * (-4 - 1) / 2 + 10.
  expect_near(run_node(product, {{0.3F, 0.7F}})[0], {8.4F});
}

TEST(FusedOperators, AreTheirParts) {
  NodeFixture conv = microsoft("FusedConv");
  conv.live({1, 1, 1, 2})
      .constant(Constant::from_floats({1, 1, 1, 1}, {2}))
      .omitted()
      .live({1, 1, 1, 2})
      .attribute("activation", std::string("Relu"));
  EXPECT_EQ(run_node(conv, {{1, -2}, {3, 1}})[0], (std::vector<float>{5, 0}));
  NodeFixture gelu = microsoft("QuickGelu");
  gelu.live({1});
  expect_near(run_node(gelu, {{1}})[0], {1.0F / (1.0F + std::exp(-1.702F))});
  NodeFixture unknown = microsoft("FusedConv");
  unknown.live({1, 1, 1, 2})
      .constant(Constant::from_floats({1, 1, 1, 1}, {2}))
      .attribute("activation", std::string("Sine"));
  expect_refused(unknown, ErrorCode::UnsupportedOperator, "Sine");
}

}  // namespace
}  // namespace relcam::testing
