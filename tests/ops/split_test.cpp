#include <gtest/gtest.h>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(Split, ChannelsInBothLayouts) {
  const auto x = random_floats(2 * 3 * 4, 1);
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Split", 11);
    node.live({2, 3, 2, 2})
        .attribute("axis", std::int64_t{1})
        .attribute("split", Integers{1, 2})
        .outputs(2);
    if (channels_last) node.channels_last();
    const auto parts = node.forward({x});
    EXPECT_EQ(parts[0][4], x[12]);
    EXPECT_EQ(parts[1][0], x[4]);
    EXPECT_EQ(parts[1][8], x[16]);
    EXPECT_EQ(node.vjp({x}, parts)[0], x);
  }
}

TEST(Split, EqualPartsAndASmallerLastSinceOpset18) {
  NodeFixture equal("Split", 13);
  equal.live({6}).outputs(3);
  EXPECT_EQ(equal.forward({{1, 2, 3, 4, 5, 6}})[2], (std::vector<float>{5, 6}));
  NodeFixture smaller("Split", 18);
  smaller.live({7}).attribute("num_outputs", std::int64_t{3}).outputs(3);
  EXPECT_EQ(smaller.infer()[2].shape, (Shape{1}));
  NodeFixture uneven("Split", 13);
  uneven.live({7}).outputs(3);
  expect_error(ErrorCode::InvalidModel, "equal parts", [&] { uneven.infer(); });
}

TEST(Split, FoldsShapes) {
  NodeFixture node("Split", 13);
  node.constant(Constant::from_ints({3}, {4, 5, 6}))
      .constant(Constant::from_ints({2}, {2, 1}))
      .outputs(2);
  EXPECT_EQ(node.fold()[0].ints(), (Integers{4, 5}));
  EXPECT_EQ(node.fold()[1].ints(), (Integers{6}));
}

TEST(Split, RefusesPartsThatDoNotMakeUpTheAxis) {
  for (const Integers& parts : {Integers{1, 1}, Integers{4, -1}, Integers{3}, Integers{2, 2}}) {
    NodeFixture node("Split", 13);
    node.live({3}).constant(list(parts)).outputs(2);
    expect_error(ErrorCode::InvalidModel, "parts", [&] { node.infer(); });
  }
  NodeFixture count("Split", 18);
  count.live({4}).attribute("num_outputs", std::int64_t{3}).outputs(2);
  expect_error(ErrorCode::InvalidModel, "num_outputs", [&] { count.infer(); });
}

TEST(Split, OutputsWithoutGradientsCountAsZero) {
  NodeFixture node("Split", 13);
  node.live({2}).outputs(2);
  Operation& operation = node.prepared();
  const std::vector<float> one = {5.0F};
  std::vector<float> dx = {9.0F, 9.0F};
  const std::array dy = {std::span<const float>(), std::span<const float>(one)};
  const std::array to = {std::span<float>(dx)};
  operation.vjp({.inputs = {}, .outputs = {}, .output_gradients = dy, .input_gradients = to});
  EXPECT_EQ(dx, (std::vector<float>{0.0F, 5.0F}));
}

}  // namespace
}  // namespace relcam::testing
