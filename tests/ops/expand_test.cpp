#include <gtest/gtest.h>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

NodeFixture node_of(const std::string& type, Shape shape, std::vector<std::int64_t> sizes) {
  NodeFixture node(type);
  node.live(std::move(shape)).constant(list(std::move(sizes)));
  return node;
}

TEST(Expand, StretchesBothWays) {
  NodeFixture node = node_of("Expand", {3, 1}, {2, 1, 2});
  EXPECT_EQ(node.forward({{1, 2, 3}})[0], (std::vector<float>{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 3, 2}));
  EXPECT_EQ(node.vjp({{1, 2, 3}}, {std::vector<float>(12, 1.0F)})[0],
            (std::vector<float>{4, 4, 4}));
  EXPECT_EQ(node_of("Expand", {2, 3}, {1}).infer()[0].shape, (Shape{2, 3}));
}

TEST(Tile, RepeatsTheWhole) {
  NodeFixture node = node_of("Tile", {2, 2}, {2, 3});
  EXPECT_EQ(
      node.forward({{1, 2, 3, 4}})[0],
      (std::vector<float>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}));
  EXPECT_EQ(node.vjp({{1, 2, 3, 4}}, {std::vector<float>(24, 1.0F)})[0],
            (std::vector<float>{6, 6, 6, 6}));
}

TEST(Expand, Folds) {
  NodeFixture node("Expand");
  node.constant(Constant::from_ints({1}, {7})).constant(Constant::from_ints({1}, {3}));
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{7, 7, 7}));
  NodeFixture tile("Tile");
  tile.constant(Constant::from_ints({2}, {1, 2})).constant(Constant::from_ints({1}, {2}));
  EXPECT_EQ(tile.fold()[0].ints(), (std::vector<std::int64_t>{1, 2, 1, 2}));
}

TEST(Expand, RefusesWhatDoesNotFit) {
  const auto expect_refused = [](const std::string& type, Shape shape,
                                 std::vector<std::int64_t> sizes) {
    NodeFixture node = node_of(type, std::move(shape), std::move(sizes));
    expect_error(ErrorCode::InvalidModel, "", [&] { node.infer(); });
  };
  expect_refused("Expand", {3}, {2});
  expect_refused("Expand", {1}, {-1});
  expect_refused("Expand", {1}, {1LL << 62});
  expect_refused("Tile", {2, 2}, {2});
  expect_refused("Tile", {2}, {-1});
  expect_refused("Tile", {1 << 20}, {1 << 20});
}

}  // namespace
}  // namespace relcam::testing
