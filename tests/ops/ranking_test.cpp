#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

NodeFixture arg(const std::string& type, std::int64_t axis, bool last) {
  NodeFixture node(type);
  node.constant(Constant::from_floats({2, 3}, {2, 7, 7, 5, 1, 1}))
      .attribute("axis", axis)
      .attribute("keepdims", std::int64_t{0})
      .attribute("select_last_index", std::int64_t{last ? 1 : 0});
  return node;
}

TEST(ArgMax, FirstOrLastOfEqualOnes) {
  EXPECT_EQ(arg("ArgMax", 1, false).fold()[0].ints(), (Integers{1, 0}));
  EXPECT_EQ(arg("ArgMax", 1, true).fold()[0].ints(), (Integers{2, 0}));
  EXPECT_EQ(arg("ArgMin", 1, false).fold()[0].ints(), (Integers{0, 1}));
  EXPECT_EQ(arg("ArgMin", 1, true).fold()[0].ints(), (Integers{0, 2}));
  EXPECT_EQ(arg("ArgMax", 0, false).fold()[0].ints(), (Integers{1, 0, 0}));
}

TEST(ArgMax, KeepsDimensionsByDefault) {
  NodeFixture node("ArgMax");
  EXPECT_EQ(node.live({2, 3}).infer()[0].shape, (Shape{1, 3}));
}

TEST(TopK, ValuesAndIndices) {
  NodeFixture node("TopK");
  node.constant(Constant::from_floats({2, 4}, {1, 4, 3, 4, 8, 5, std::nanf(""), 7}))
      .constant(Constant::from_ints({1}, {3}))
      .outputs(2);
  const auto results = node.fold();
  EXPECT_EQ(results[0].floats(), (std::vector<float>{4, 4, 3, 8, 7, 5}));
  EXPECT_EQ(results[1].ints(), (Integers{1, 3, 2, 0, 3, 1}));
}

TEST(TopK, SmallestAlongTheFirstAxis) {
  NodeFixture node("TopK");
  node.constant(Constant::from_ints({3, 2}, {5, 1, 2, 9, 7, 3}))
      .constant(Constant::from_ints({1}, {2}))
      .attribute("axis", std::int64_t{0})
      .attribute("largest", std::int64_t{0})
      .outputs(2);
  const auto results = node.fold();
  EXPECT_EQ(results[0].ints(), (Integers{2, 1, 5, 3}));
  EXPECT_EQ(results[1].ints(), (Integers{1, 0, 0, 2}));
}

TEST(TopK, AttributeBeforeOpset10) {
  NodeFixture node("TopK", 9);
  node.live({5}).attribute("k", std::int64_t{2}).outputs(2);
  EXPECT_EQ(node.infer()[1].shape, (Shape{2}));
}

TEST(TopK, RefusesMoreThanThereIs) {
  NodeFixture node("TopK");
  node.live({2}).constant(Constant::from_ints({1}, {3})).outputs(2);
  expect_error(ErrorCode::InvalidModel, "K", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
