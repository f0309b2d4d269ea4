#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

/// Examples of the ONNX pages, on live data.
TEST(GatherElements, PicksOneElementForEachIndex) {
  NodeFixture node("GatherElements");
  node.live({2, 2})
      .constant(Constant::from_ints({2, 2}, {0, 0, 1, 0}))
      .attribute("axis", std::int64_t{1});
  EXPECT_EQ(run_node(node, {{1, 2, 3, 4}})[0], (std::vector<float>{1, 1, 4, 3}));
  NodeFixture rows("GatherElements");
  rows.live({3, 3}).constant(Constant::from_ints({2, 3}, {1, 2, 0, -1, 0, 0}));
  EXPECT_EQ(run_node(rows, {{1, 2, 3, 4, 5, 6, 7, 8, 9}})[0],
            (std::vector<float>{4, 8, 3, 7, 2, 3}));
}

TEST(GatherND, PicksSlices) {
  NodeFixture elements("GatherND");
  elements.live({2, 2}).constant(Constant::from_ints({2, 2}, {0, 0, 1, 1}));
  EXPECT_EQ(run_node(elements, {{0, 1, 2, 3}})[0], (std::vector<float>{0, 3}));
  NodeFixture slices("GatherND");
  slices.live({2, 2, 2}).constant(Constant::from_ints({2, 1, 2}, {0, 1, 1, 0}));
  EXPECT_EQ(run_node(slices, {{0, 1, 2, 3, 4, 5, 6, 7}})[0], (std::vector<float>{2, 3, 4, 5}));
  EXPECT_EQ(run_shape(slices), (Shape{2, 1, 2}));
  NodeFixture batches("GatherND");
  batches.live({2, 2, 2})
      .constant(Constant::from_ints({2, 1}, {1, -2}))
      .attribute("batch_dims", std::int64_t{1});
  EXPECT_EQ(run_node(batches, {{0, 1, 2, 3, 4, 5, 6, 7}})[0], (std::vector<float>{2, 3, 4, 5}));
}

TEST(Trilu, KeepsATriangle) {
  NodeFixture upper("Trilu");
  upper.live({2, 3});
  EXPECT_EQ(run_node(upper, {{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{1, 2, 3, 0, 5, 6}));
  NodeFixture lower("Trilu");
  lower.live({2, 3}).constant(Constant::from_ints({}, {-1})).attribute("upper", std::int64_t{0});
  EXPECT_EQ(run_node(lower, {{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{0, 0, 0, 4, 0, 0}));
}

TEST(ScatterElements, ReplacesElementsOfLiveData) {
  NodeFixture node("ScatterElements");
  node.live({1, 5})
      .constant(Constant::from_ints({1, 2}, {1, -2}))
      .live({1, 2})
      .attribute("axis", std::int64_t{1});
  EXPECT_EQ(run_node(node, {{1, 2, 3, 4, 5}, {10, 20}})[0], (std::vector<float>{1, 10, 3, 20, 5}));
}

TEST(ScatterND, ReplacesSlicesOfLiveData) {
  NodeFixture node("ScatterND");
  node.live({3, 2})
      .constant(Constant::from_ints({1, 1}, {1}))
      .constant(Constant::from_floats({1, 2}, {8, 9}));
  EXPECT_EQ(run_node(node, {{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{1, 2, 8, 9, 5, 6}));
}

TEST(Where, ChoosesBetweenLiveValues) {
  NodeFixture node("Where");
  node.constant(Constant::from_bools({2, 1}, {1, 0}))
      .live({2, 2})
      .constant(Constant::from_floats({1}, {-1.0F}));
  EXPECT_EQ(run_node(node, {{1, 2, 3, 4}})[0], (std::vector<float>{1, 2, -1, -1}));
}

TEST(Selection, RefusesIndicesThatDoNotFit) {
  NodeFixture far("GatherElements");
  far.live({2, 2}).constant(Constant::from_ints({1, 1}, {2}));
  expect_refused(far, ErrorCode::InvalidModel, "outside");
  NodeFixture rank("GatherND");
  rank.live({2}).constant(Constant::from_ints({1, 2}, {0, 0}));
  expect_refused(rank, ErrorCode::InvalidModel, "do not fit");
  NodeFixture added("ScatterElements");
  added.live({2})
      .constant(Constant::from_ints({1}, {0}))
      .live({1})
      .attribute("reduction", std::string("add"));
  expect_refused(added, ErrorCode::UnsupportedOperator, "reduction");
  NodeFixture live("GatherElements");
  live.live({2}).live({2}, DType::Int64);
  expect_refused(live, ErrorCode::UnsupportedOperator, "indices");
}

}  // namespace
}  // namespace relcam::testing
