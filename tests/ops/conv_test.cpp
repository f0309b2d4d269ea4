#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Ints = std::vector<std::int64_t>;

Constant ones(Shape shape) {
  return Constant::from_floats(shape, std::vector<float>(element_count(shape), 1.0F));
}

/// 1x1x4x4 of 1..16 under a 3x3 kernel of ones: sums that can be counted by hand.
NodeFixture box_sum() {
  NodeFixture node("Conv");
  node.live({1, 1, 4, 4}).constant(ones({1, 1, 3, 3}));
  return node;
}

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i + 1);
  return values;
}

TEST(Conv, SumsWindowsAndAddsItsBias) {
  NodeFixture node("Conv");
  node.live({1, 1, 4, 4}).constant(ones({2, 1, 3, 3}));
  node.constant(Constant::from_floats({2}, {0.0F, 100.0F}));
  EXPECT_EQ(node.forward({counting(16)})[0],
            (std::vector<float>{54, 63, 90, 99, 154, 163, 190, 199}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Linear);
}

TEST(Conv, PadsAreTopLeftBottomRight) {
  NodeFixture node = box_sum();
  node.attribute("pads", Ints{1, 0, 0, 0});
  EXPECT_EQ(node.forward({counting(16)})[0], (std::vector<float>{24, 30, 54, 63, 90, 99}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{1, 1, 3, 2}));
}

TEST(Conv, AutoPadPutsTheOddRowWhereItSays) {
  NodeFixture upper = box_sum();
  upper.attribute("auto_pad", std::string("SAME_UPPER")).attribute("strides", Ints{2, 2});
  EXPECT_EQ(upper.forward({counting(16)})[0], (std::vector<float>{54, 45, 72, 54}));
  NodeFixture lower = box_sum();
  lower.attribute("auto_pad", std::string("SAME_LOWER")).attribute("strides", Ints{2, 2});
  EXPECT_EQ(lower.forward({counting(16)})[0], (std::vector<float>{14, 30, 57, 99}));
  NodeFixture valid = box_sum();
  valid.attribute("auto_pad", std::string("VALID"));
  EXPECT_EQ(valid.forward({counting(16)})[0], (std::vector<float>{54, 63, 90, 99}));
}

TEST(Conv, DilationSpreadsTheKernel) {
  NodeFixture node("Conv");
  node.live({1, 1, 4, 4}).constant(ones({1, 1, 2, 2})).attribute("dilations", Ints{3, 2});
  EXPECT_EQ(node.forward({counting(16)})[0],
            (std::vector<float>{1 + 3 + 13 + 15, 2 + 4 + 14 + 16}));
}

TEST(Conv, GroupsSeeTheirOwnChannels) {
  NodeFixture node("Conv");
  node.live({1, 4, 1, 1}).constant(Constant::from_floats({2, 2, 1, 1}, {1, 2, 3, 4}));
  node.attribute("group", std::int64_t{2});
  EXPECT_EQ(node.forward({{1, 10, 100, 1000}})[0], (std::vector<float>{21, 4300}));
}

TEST(Conv, ReadsHalfPrecisionWeights) {
  // 1.5 and -2 in IEEE half precision.
  static constexpr std::uint16_t kHalves[] = {0x3E00, 0xC000};
  NodeFixture node("Conv");
  node.live({1, 2, 1, 1});
  node.constant(Constant(DType::Float16, {1, 2, 1, 1}, std::as_bytes(std::span(kHalves)), nullptr));
  EXPECT_EQ(node.forward({{2, 1}})[0], (std::vector<float>{1}));
}

TEST(Conv, AClampIsRememberedByValue) {
  NodeFixture node = box_sum();
  EXPECT_EQ(node.forward({counting(16)}, {.low = 60, .high = 95})[0],
            (std::vector<float>{60, 63, 90, 95}));
  EXPECT_EQ(node.forward({counting(16)})[0], (std::vector<float>{54, 63, 90, 99}));
  EXPECT_EQ(node.forward({counting(16)}, {.low = 60, .high = 95})[0],
            (std::vector<float>{60, 63, 90, 95}));
}

TEST(Conv, RefusesWhatDoesNotFit) {
  NodeFixture channels("Conv");
  channels.live({1, 2, 4, 4}).constant(ones({1, 1, 3, 3}));
  expect_error(ErrorCode::InvalidModel, "do not fit", [&] { channels.infer(); });

  NodeFixture bias = box_sum();
  bias.constant(ones({2}));
  expect_error(ErrorCode::InvalidModel, "bias", [&] { bias.infer(); });

  NodeFixture kernel = box_sum();
  kernel.attribute("kernel_shape", Ints{5, 5});
  expect_error(ErrorCode::InvalidModel, "kernel_shape", [&] { kernel.infer(); });

  NodeFixture groups = box_sum();
  groups.attribute("group", std::int64_t{0});
  expect_error(ErrorCode::InvalidModel, "groups", [&] { groups.infer(); });
}

TEST(Conv, RefusesHostileAttributes) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const auto& [key, values] :
       std::initializer_list<std::pair<const char*, Ints>>{{"strides", {0, 1}},
                                                           {"strides", {-1, 1}},
                                                           {"strides", {1}},
                                                           {"dilations", {0, 1}},
                                                           {"dilations", {kHuge, 1}},
                                                           {"pads", {-1, 0, 0, 0}},
                                                           {"pads", {0, 0}},
                                                           {"pads", {0, 0, kHuge, kHuge}}}) {
    NodeFixture node = box_sum();
    node.attribute(key, values);
    expect_error(ErrorCode::InvalidModel, key, [&] { node.infer(); });
  }
  NodeFixture wide = box_sum();
  wide.attribute("dilations", Ints{2, 2});
  expect_error(ErrorCode::InvalidModel, "spans 5", [&] { wide.infer(); });
  NodeFixture padded = box_sum();
  padded.attribute("pads", Ints{1 << 14, 1 << 14, 1 << 14, 1 << 14});
  expect_error(ErrorCode::InvalidModel, "too large", [&] { padded.infer(); });
  NodeFixture unknown = box_sum();
  unknown.attribute("auto_pad", std::string("SAME"));
  expect_error(ErrorCode::InvalidModel, "auto_pad", [&] { unknown.infer(); });
}

TEST(Conv, SaysWhatIsNotSupported) {
  NodeFixture live("Conv");
  live.live({1, 1, 4, 4}).live({1, 1, 3, 3});
  expect_error(ErrorCode::UnsupportedOperator, "weights", [&] { live.prepared(); });
  NodeFixture line("Conv");
  line.live({1, 1, 4}).constant(ones({1, 1, 3}));
  expect_error(ErrorCode::UnsupportedOperator, "rank 4", [&] { line.infer(); });
}

}  // namespace
}  // namespace relcam::testing
