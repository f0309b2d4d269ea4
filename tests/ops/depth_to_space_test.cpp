#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

NodeFixture node_of(const std::string& type, Shape shape) {
  NodeFixture node(type);
  node.live(std::move(shape)).attribute("blocksize", std::int64_t{2});
  return node;
}

std::vector<float> channels_of_constants(std::size_t channels, std::size_t pixels) {
  std::vector<float> x;
  for (std::size_t i = 0; i < channels * pixels; ++i) x.push_back(static_cast<float>(i));
  return x;
}

/// Channels 0..3 of one pixel become its 2 x 2 block in both modes when there is one output
/// channel; with two, DCR takes every second channel and CRD each four in turn.
TEST(DepthToSpace, BothModes) {
  EXPECT_EQ(node_of("DepthToSpace", {1, 4, 1, 1}).forward({{0, 1, 2, 3}})[0],
            (std::vector<float>{0, 1, 2, 3}));
  const auto x = channels_of_constants(8, 1);
  EXPECT_EQ(node_of("DepthToSpace", {1, 8, 1, 1}).forward({x})[0],
            (std::vector<float>{0, 2, 4, 6, 1, 3, 5, 7}));
  NodeFixture crd = node_of("DepthToSpace", {1, 8, 1, 1});
  crd.attribute("mode", std::string("CRD"));
  EXPECT_EQ(crd.forward({x})[0], (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(DepthToSpace, RowsAndColumns) {
  const auto x = channels_of_constants(4, 6);
  const auto y = node_of("DepthToSpace", {1, 4, 2, 3}).forward({x})[0];
  EXPECT_EQ(std::vector<float>(y.begin(), y.begin() + 6), (std::vector<float>{0, 6, 1, 7, 2, 8}));
  EXPECT_EQ(std::vector<float>(y.begin() + 6, y.begin() + 12),
            (std::vector<float>{12, 18, 13, 19, 14, 20}));
}

TEST(SpaceToDepth, UndoesDepthToSpace) {
  const auto x = random_floats(2 * 12 * 6, 1);
  const auto image = node_of("DepthToSpace", {2, 12, 2, 3}).forward({x})[0];
  EXPECT_EQ(node_of("SpaceToDepth", {2, 3, 4, 6}).forward({image})[0], x);
}

TEST(DepthToSpace, Folds) {
  NodeFixture node("DepthToSpace");
  node.constant(Constant::from_ints({1, 8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7}))
      .attribute("blocksize", std::int64_t{2});
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{0, 2, 4, 6, 1, 3, 5, 7}));
}

TEST(DepthToSpace, RefusesWhatDoesNotDivide) {
  NodeFixture channels = node_of("DepthToSpace", {1, 6, 1, 1});
  expect_error(ErrorCode::InvalidModel, "divide", [&] { channels.infer(); });
  NodeFixture image = node_of("SpaceToDepth", {1, 1, 3, 2});
  expect_error(ErrorCode::InvalidModel, "divide", [&] { image.infer(); });
  NodeFixture block("SpaceToDepth");
  block.live({1, 1, 2, 2});
  expect_error(ErrorCode::InvalidModel, "blocksize", [&] { block.infer(); });
  NodeFixture flat = node_of("SpaceToDepth", {4, 4});
  expect_error(ErrorCode::InvalidModel, "rank 4", [&] { flat.infer(); });
}

}  // namespace
}  // namespace relcam::testing
