#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(Gather, RowsAndRepeats) {
  NodeFixture node("Gather");
  node.live({3, 2}).constant(Constant::from_ints({2, 2}, {0, -1, 2, 0}));
  EXPECT_EQ(node.forward({{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{1, 2, 5, 6, 5, 6, 1, 2}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 2, 2}));
  EXPECT_EQ(node.vjp({{1, 2, 3, 4, 5, 6}}, {{1, 1, 1, 1, 1, 1, 1, 1}})[0],
            (std::vector<float>{2, 2, 0, 0, 2, 2}));
}

TEST(Gather, AScalarIndexDropsTheAxis) {
  NodeFixture node("Gather");
  node.live({2, 3}).constant(Constant::from_ints({}, {1})).attribute("axis", std::int64_t{1});
  EXPECT_EQ(node.forward({{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{2, 5}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2}));
  EXPECT_FALSE(node.op().follows(node.view()));
}

TEST(Gather, ColoursInBothLayouts) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Gather");
    node.live({1, 3, 1, 2})
        .constant(Constant::from_ints({2}, {2, 0}))
        .attribute("axis", std::int64_t{1});
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{5, 6, 1, 2}));
  }
}

TEST(Gather, FoldsADimensionOfAShape) {
  NodeFixture node("Gather");
  node.constant(Constant::from_ints({4}, {1, 3, 224, 225})).constant(Constant::from_ints({}, {-1}));
  const Constant folded = node.fold()[0];
  EXPECT_EQ(folded.shape(), Shape{});
  EXPECT_EQ(folded.ints(), (std::vector<std::int64_t>{225}));
}

TEST(Gather, RefusesIndicesOutside) {
  for (const std::int64_t index : {3, -4}) {
    NodeFixture node("Gather");
    node.live({3}).constant(Constant::from_ints({}, {index}));
    expect_error(ErrorCode::InvalidModel, "outside", [&] { node.infer(); });
  }
  NodeFixture live("Gather");
  live.live({3}).live({1}, DType::Int64);
  expect_error(ErrorCode::UnsupportedOperator, "indices", [&] { live.infer(); });
  NodeFixture scalar("Gather");
  scalar.live({}).constant(Constant::from_ints({}, {0}));
  expect_error(ErrorCode::InvalidModel, "out of range", [&] { scalar.infer(); });
}

}  // namespace
}  // namespace relcam::testing
