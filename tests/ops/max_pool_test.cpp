#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Ints = std::vector<std::int64_t>;

NodeFixture row_pool(std::int64_t width) {
  NodeFixture node("MaxPool");
  node.live({1, 1, 1, width}).attribute("kernel_shape", Ints{1, 3});
  return node;
}

TEST(MaxPool, OverlappingWindowsAddUpAtTheFirstWinner) {
  NodeFixture node = row_pool(5);
  const std::vector<float> x = {1, 7, 3, 7, 2};
  EXPECT_EQ(node.forward({x})[0], (std::vector<float>{7, 7, 7}));
  EXPECT_EQ(node.vjp({x}, {{1, 10, 100}})[0], (std::vector<float>{0, 11, 0, 100, 0}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Winner);
}

TEST(MaxPool, PaddingNeverWins) {
  NodeFixture node = row_pool(3);
  node.attribute("pads", Ints{0, 2, 0, 2});
  EXPECT_EQ(node.forward({{-5, -6, -7}})[0], (std::vector<float>{-5, -5, -5, -6, -7}));
}

TEST(MaxPool, CeilModeKeepsAPartialWindowThatBeginsInTheInput) {
  const std::vector<float> x = {1, 2, 3, 4, 5, 6};
  NodeFixture floor = row_pool(6);
  floor.attribute("strides", Ints{1, 2});
  EXPECT_EQ(floor.forward({x})[0], (std::vector<float>{3, 5}));
  NodeFixture ceil = row_pool(6);
  ceil.attribute("strides", Ints{1, 2}).attribute("ceil_mode", std::int64_t{1});
  EXPECT_EQ(ceil.forward({x})[0], (std::vector<float>{3, 5, 6}));
}

TEST(MaxPool, CeilModeDropsAWindowThatBeginsInThePadding) {
  NodeFixture node("MaxPool");
  node.live({1, 1, 1, 3}).attribute("kernel_shape", Ints{1, 2}).attribute("strides", Ints{1, 3});
  node.attribute("pads", Ints{0, 0, 0, 1}).attribute("ceil_mode", std::int64_t{1});
  EXPECT_EQ(node.forward({{1, 2, 3}})[0], (std::vector<float>{2}));
}

TEST(MaxPool, RefusesHostileAttributes) {
  NodeFixture pads = row_pool(5);
  pads.attribute("pads", Ints{0, 3, 0, 0});
  expect_error(ErrorCode::InvalidModel, "pads", [&] { pads.infer(); });
  NodeFixture missing("MaxPool");
  missing.live({1, 1, 4, 4});
  expect_error(ErrorCode::InvalidModel, "kernel_shape", [&] { missing.infer(); });
  NodeFixture zero("MaxPool");
  zero.live({1, 1, 4, 4}).attribute("kernel_shape", Ints{0, 2});
  expect_error(ErrorCode::InvalidModel, "kernel_shape", [&] { zero.infer(); });
  NodeFixture large = row_pool(2);
  expect_error(ErrorCode::InvalidModel, "spans 3", [&] { large.infer(); });
  NodeFixture empty = row_pool(0);
  expect_error(ErrorCode::InvalidModel, "empty", [&] { empty.infer(); });
}

TEST(MaxPool, SaysWhatIsNotSupported) {
  NodeFixture indices = row_pool(5);
  indices.outputs(2);
  expect_error(ErrorCode::UnsupportedOperator, "indices", [&] { indices.infer(); });
  NodeFixture line("MaxPool");
  line.live({1, 1, 4}).attribute("kernel_shape", Ints{2});
  expect_error(ErrorCode::UnsupportedOperator, "rank 4", [&] { line.infer(); });
}

TEST(GlobalMaxPool, TakesTheFirstWinnerOfTheImage) {
  NodeFixture node("GlobalMaxPool");
  node.live({1, 2, 1, 3});
  const std::vector<float> x = {1, 4, 4, -1, -2, -3};
  EXPECT_EQ(node.forward({x})[0], (std::vector<float>{4, -1}));
  EXPECT_EQ(node.vjp({x}, {{5, 6}})[0], (std::vector<float>{0, 5, 0, 6, 0, 0}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{1, 2, 1, 1}));
}

}  // namespace
}  // namespace relcam::testing
