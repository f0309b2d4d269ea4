#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "support/constants.h"
#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

Constant uint8s(Shape shape, std::vector<std::uint8_t> values) {
  return integers(DType::UInt8, std::move(shape), std::move(values));
}

Constant int8s(Shape shape, std::vector<std::int8_t> values) {
  return integers(DType::Int8, std::move(shape), std::move(values));
}

/// The formula of the ONNX page.
float rounded(float x, float scale, float zero, float low, float high) {
  return std::clamp(std::nearbyint(x / scale) + zero, low, high);
}

TEST(QuantizeLinear, RoundsHalvesToEvenAndSaturates) {
  NodeFixture node("QuantizeLinear");
  node.live({6}).constant(Constant::from_floats({}, {2.0F})).constant(uint8s({}, {128}));
  EXPECT_EQ(node.forward({{0, 1, 3, -5, 1000, -1000}})[0],
            (std::vector<float>{128, 128, 130, 126, 255, 0}));
  NodeFixture plain("QuantizeLinear");
  plain.live({2}).constant(Constant::from_floats({}, {0.5F}));
  EXPECT_EQ(plain.forward({{1, -1}})[0], (std::vector<float>{2, 0}));
}

TEST(QuantizeLinear, PerChannelInBothLayouts) {
  const std::vector<float> scales = {0.1F, 0.5F, 2.0F};
  const std::vector<float> zeros = {-3, 0, 7};
  const auto x = random_floats(2 * 3 * 4, 1, -20.0F, 20.0F);
  std::vector<float> expected;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / 4 % 3;
    expected.push_back(rounded(x[i], scales[c], zeros[c], -128, 127));
  }
  for (const bool last : {false, true}) {
    NodeFixture node("QuantizeLinear");
    node.live({2, 3, 2, 2})
        .constant(Constant::from_floats({3}, scales))
        .constant(int8s({3}, {-3, 0, 7}));
    if (last) node.channels_last();
    EXPECT_EQ(node.forward({x})[0], expected);
  }
}

TEST(QuantizeLinear, GradientsPassStraightThroughWithinTheRange) {
  NodeFixture node("QuantizeLinear");
  node.live({3}).constant(Constant::from_floats({}, {2.0F})).constant(uint8s({}, {0}));
  EXPECT_EQ(node.vjp({{7, -5, 600}}, {{3, 3, 3}})[0], (std::vector<float>{1.5F, 0, 0}));
  NodeFixture fake("relcam.FakeQuantize");
  fake.live({3}).constant(Constant::from_floats({}, {2.0F})).constant(uint8s({}, {0}));
  EXPECT_EQ(fake.forward({{7, -5, 600}})[0], (std::vector<float>{8, 0, 510}));
  EXPECT_EQ(fake.vjp({{7, -5, 600}}, {{3, 3, 3}})[0], (std::vector<float>{3, 0, 0}));
}

TEST(DequantizeLinear, UndoesIt) {
  NodeFixture node("DequantizeLinear");
  node.live({3}, DType::UInt8)
      .constant(Constant::from_floats({}, {0.5F}))
      .constant(uint8s({}, {128}));
  EXPECT_EQ(node.forward({{0, 128, 255}})[0], (std::vector<float>{-64, 0, 63.5F}));
}

TEST(DequantizeLinear, FoldsWeightsPerTensorPerAxisAndInBlocks) {
  NodeFixture axis("DequantizeLinear");
  axis.constant(int8s({2, 2}, {-128, 1, 2, 127}))
      .constant(Constant::from_floats({2}, {0.5F, 2.0F}))
      .constant(int8s({2}, {0, 1}))
      .attribute("axis", std::int64_t{0});
  EXPECT_EQ(axis.fold()[0].floats(), (std::vector<float>{-64, 0.5F, 2, 252}));
  NodeFixture blocks("DequantizeLinear", 21);
  blocks.constant(int8s({1, 3}, {1, 2, 3}))
      .constant(Constant::from_floats({1, 2}, {1.0F, 10.0F}))
      .attribute("axis", std::int64_t{1})
      .attribute("block_size", std::int64_t{2});
  EXPECT_EQ(blocks.fold()[0].floats(), (std::vector<float>{1, 2, 30}));
}

/// Relevance and activations after a ReLU are known not to be negative.
TEST(DequantizeLinear, KnowsItsSign) {
  constexpr std::array<bool, 1> live = {false};
  const auto non_negative = [&](DType type, Constant zero) {
    NodeFixture node("DequantizeLinear");
    node.live({2}, type).constant(Constant::from_floats({}, {1.0F})).constant(std::move(zero));
    return node.op().non_negative(node.view(), live);
  };
  EXPECT_TRUE(non_negative(DType::UInt8, uint8s({}, {0})));
  EXPECT_TRUE(non_negative(DType::Int8, int8s({}, {-128})));
  EXPECT_FALSE(non_negative(DType::UInt8, uint8s({}, {1})));
  EXPECT_FALSE(non_negative(DType::Int8, int8s({}, {0})));
}

/// The example of the ONNX page for constants; a live value keeps its digits.
TEST(DynamicQuantizeLinear, QuantizesConstantsAndPassesLiveValues) {
  NodeFixture constant("DynamicQuantizeLinear");
  constant.constant(Constant::from_floats({3}, {0, 2, -3})).outputs(3);
  EXPECT_EQ(constant.fold()[0].ints(), (std::vector<std::int64_t>{153, 255, 0}));
  expect_near(constant.fold()[1].floats(), {5.0F / 255.0F});
  EXPECT_EQ(constant.fold()[2].ints(), (std::vector<std::int64_t>{153}));
  NodeFixture live("DynamicQuantizeLinear");
  live.live({3}).outputs(3);
  const auto outputs = run_node(live, {{0, 2, -3}});
  EXPECT_EQ(outputs[0], (std::vector<float>{0, 2, -3}));
  EXPECT_EQ(outputs[1], (std::vector<float>{1}));
  EXPECT_EQ(outputs[2], (std::vector<float>{0}));
}

TEST(QuantizeLinear, RefusesWhatDoesNotFit) {
  NodeFixture scale("QuantizeLinear");
  scale.live({2, 3}).constant(Constant::from_floats({2}, {1, 1}));
  expect_error(ErrorCode::InvalidModel, "does not fit", [&] { scale.infer(); });
  NodeFixture zero("QuantizeLinear");
  zero.live({2}).constant(Constant::from_floats({}, {0.0F}));
  expect_error(ErrorCode::InvalidModel, "above 0", [&] { zero.infer(); });
  NodeFixture wide("QuantizeLinear");
  wide.live({2})
      .constant(Constant::from_floats({}, {1.0F}))
      .constant(integers<std::int32_t>(DType::Int32, {}, {0}));
  expect_error(ErrorCode::UnsupportedOperator, "int32", [&] { wide.infer(); });
}

}  // namespace
}  // namespace relcam::testing
