#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

NodeFixture node_of(const std::string& type, Shape shape, Integers axes, bool keep) {
  NodeFixture node(type, 11);
  node.live(std::move(shape)).attribute("keepdims", std::int64_t{keep ? 1 : 0});
  if (!axes.empty()) node.attribute("axes", std::move(axes));
  return node;
}

/// Means over every subset of the axes of an image, in both layouts, against index arithmetic.
TEST(ReduceMean, EverySubsetOfAxesInBothLayouts) {
  const Shape shape = {2, 3, 4, 5};
  const auto x = random_floats(120, 1);
  for (unsigned subset = 1; subset < 16; ++subset) {
    Integers axes;
    Shape kept = shape;
    for (std::size_t axis = 0; axis < 4; ++axis) {
      if ((subset >> axis & 1U) == 0) continue;
      axes.push_back(static_cast<std::int64_t>(axis));
      kept[axis] = 1;
    }
    std::vector<float> expected(element_count(kept), 0.0F);
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::size_t rest = i;
      std::size_t to = 0;
      std::size_t stride = 1;
      for (std::size_t axis = 4; axis-- > 0;) {
        const auto extent = static_cast<std::size_t>(shape[axis]);
        if (kept[axis] != 1) {
          to += rest % extent * stride;
          stride *= extent;
        }
        rest /= extent;
      }
      expected[to] += x[i] * static_cast<float>(expected.size()) / 120.0F;
    }
    for (const bool keep : {true, false}) {
      for (const bool channels_last : {false, true}) {
        NodeFixture node = node_of("ReduceMean", shape, axes, keep);
        if (channels_last && !node.op().follows(node.view())) continue;
        if (channels_last) node.channels_last();
        expect_near(node.forward({x})[0], expected);
      }
    }
  }
}

TEST(Reduce, FollowsOnlyWhereTheRemainingAxesKeepTheirOrder) {
  const auto follows = [](Integers axes, bool keep) {
    NodeFixture node = node_of("ReduceMean", {2, 3, 4, 5}, std::move(axes), keep);
    return node.op().follows(node.view());
  };
  EXPECT_TRUE(follows({2}, true));
  EXPECT_FALSE(follows({2}, false));
  EXPECT_TRUE(follows({2, 3}, false));
  EXPECT_TRUE(follows({1}, false));
  EXPECT_FALSE(follows({0}, false));
  EXPECT_TRUE(follows({}, false));
}

TEST(Reduce, AxesAsInputAndNoop) {
  NodeFixture input("ReduceMean", 18);
  input.live({2, 2}).constant(Constant::from_ints({1}, {-1}));
  EXPECT_EQ(input.forward({{1, 3, 5, 7}})[0], (std::vector<float>{2, 6}));
  NodeFixture sum("ReduceSum", 13);
  sum.live({2, 2}).constant(Constant::from_ints({1}, {0})).attribute("keepdims", std::int64_t{0});
  EXPECT_EQ(sum.forward({{1, 3, 5, 7}})[0], (std::vector<float>{6, 10}));
  NodeFixture all("ReduceSum", 13);
  EXPECT_EQ(all.live({2, 2}).forward({{1, 3, 5, 7}})[0], (std::vector<float>{16}));
  NodeFixture none("ReduceSum", 13);
  none.live({2, 2}).attribute("noop_with_empty_axes", std::int64_t{1});
  EXPECT_EQ(none.forward({{1, 3, 5, 7}})[0], (std::vector<float>{1, 3, 5, 7}));
}

TEST(Reduce, AxesAsInputInChannelsLast) {
  NodeFixture node("ReduceMean", 18);
  node.live({1, 2, 1, 2}).constant(Constant::from_ints({2}, {-1, 2})).channels_last();
  EXPECT_EQ(node.forward({{1, 3, 5, 9}})[0], (std::vector<float>{2, 7}));
}

TEST(ReduceMax, TheFirstWinnerTakesAll) {
  NodeFixture node = node_of("ReduceMax", {2, 3}, {1}, true);
  EXPECT_EQ(node.forward({{1, 4, 4, -2, -3, -2}})[0], (std::vector<float>{4, -2}));
  EXPECT_EQ(node.vjp({{1, 4, 4, -2, -3, -2}}, {{1, 10}})[0],
            (std::vector<float>{0, 1, 0, 10, 0, 0}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Winner);
}

TEST(Reduce, FoldsIntegers) {
  const auto fold = [](const std::string& type) {
    NodeFixture node(type, 12);
    node.constant(Constant::from_ints({2, 2}, {3, -4, 1LL << 40, 2}))
        .attribute("axes", Integers{1})
        .attribute("keepdims", std::int64_t{0});
    return node.fold()[0].ints();
  };
  EXPECT_EQ(fold("ReduceProd"), (Integers{-12, 1LL << 41}));
  EXPECT_EQ(fold("ReduceSum"), (Integers{-1, (1LL << 40) + 2}));
  EXPECT_EQ(fold("ReduceMax"), (Integers{3, 1LL << 40}));
  EXPECT_EQ(fold("ReduceMin"), (Integers{-4, 2}));
}

TEST(Reduce, FoldsMeans) {
  NodeFixture node("ReduceMean", 12);
  node.constant(Constant::from_floats({4}, {1, 2, 3, 4}));
  EXPECT_EQ(node.fold()[0].floats(), (std::vector<float>{2.5F}));
}

TEST(Reduce, RefusesBadAxes) {
  NodeFixture outside = node_of("ReduceMean", {2, 3}, {2}, true);
  expect_error(ErrorCode::InvalidModel, "out of range", [&] { outside.infer(); });
  NodeFixture twice = node_of("ReduceMean", {2, 3}, {1, -1}, true);
  expect_error(ErrorCode::InvalidModel, "twice", [&] { twice.infer(); });
  NodeFixture empty = node_of("ReduceMax", {2, 0}, {1}, true);
  expect_error(ErrorCode::InvalidModel, "empty", [&] { empty.infer(); });
}

}  // namespace
}  // namespace relcam::testing
