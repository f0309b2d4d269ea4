#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(Shape, FoldsAlthoughItsInputIsLive) {
  NodeFixture node("Shape");
  node.live({1, 3, 224, 225});
  EXPECT_TRUE(node.op().folds_from_shape);
  const Constant folded = node.fold()[0];
  EXPECT_EQ(folded.dtype(), DType::Int64);
  EXPECT_EQ(folded.ints(), (Integers{1, 3, 224, 225}));
}

TEST(Shape, StartAndEnd) {
  const auto part = [](std::int64_t start, std::int64_t end) {
    NodeFixture node("Shape");
    node.live({2, 3, 4}).attribute("start", start).attribute("end", end);
    EXPECT_EQ(node.infer()[0].shape.at(0), node.fold()[0].shape().at(0));
    return node.fold()[0].ints();
  };
  EXPECT_EQ(part(1, 3), (Integers{3, 4}));
  EXPECT_EQ(part(-1, 100), (Integers{4}));
  EXPECT_EQ(part(-100, -1), (Integers{2, 3}));
  EXPECT_EQ(part(2, 1), (Integers{}));
}

TEST(Size, CountsElements) {
  NodeFixture node("Size");
  node.live({2, 3, 4});
  EXPECT_EQ(node.fold()[0].ints(), (Integers{24}));
  EXPECT_EQ(node.fold()[0].shape(), Shape{});
}

TEST(Shape, OfAScalarIsEmpty) {
  NodeFixture node("Shape");
  node.live({});
  EXPECT_EQ(node.fold()[0].shape(), (Shape{0}));
}

}  // namespace
}  // namespace relcam::testing
