#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

Constant folded(Constant data, std::int64_t to) {
  NodeFixture node("Cast");
  node.constant(std::move(data)).attribute("to", to);
  return node.fold()[0];
}

TEST(Cast, FoldsBetweenAllTypes) {
  const Constant floats = Constant::from_floats({4}, {-1.9F, 0.0F, 0.4F, 2.7F});
  EXPECT_EQ(folded(floats, 7).ints(), (std::vector<std::int64_t>{-1, 0, 0, 2}));
  const Constant bools = folded(floats, 9);
  EXPECT_EQ(bools.dtype(), DType::Bool);
  EXPECT_EQ(bools.ints(), (std::vector<std::int64_t>{1, 0, 1, 1}));
  EXPECT_EQ(folded(bools, 1).floats(), (std::vector<float>{1, 0, 1, 1}));
  EXPECT_EQ(folded(Constant::from_ints({2}, {3, -4}), 10).floats(), (std::vector<float>{3, -4}));
  EXPECT_EQ(folded(Constant::from_ints({2}, {3, 0}), 6).ints(), (std::vector<std::int64_t>{3, 0}));
}

TEST(Cast, LiveFloatsPass) {
  NodeFixture node("Cast");
  node.live({2}, DType::Float16).attribute("to", std::int64_t{1});
  EXPECT_EQ(node.forward({{1.5F, -2.5F}})[0], (std::vector<float>{1.5F, -2.5F}));
}

TEST(Cast, AByteImageBecomesFloats) {
  NodeFixture node("Cast");
  node.live({2}, DType::UInt8).attribute("to", std::int64_t{1});
  EXPECT_EQ(node.forward({{0.0F, 255.0F}})[0], (std::vector<float>{0.0F, 255.0F}));
}

TEST(Cast, RefusesToRoundLiveValues) {
  NodeFixture node("Cast");
  node.live({2}).attribute("to", std::int64_t{7});
  expect_error(ErrorCode::UnsupportedOperator, "int64", [&] { node.prepared(); });
}

TEST(Cast, RefusesUnknownTypes) {
  NodeFixture node("Cast");
  node.live({2}).attribute("to", std::int64_t{8});
  expect_error(ErrorCode::InvalidModel, "element type 8", [&] { node.infer(); });
}

TEST(CastLike, ConstantsLikeLiveValuesFold) {
  NodeFixture node("CastLike");
  node.constant(Constant::from_ints({2}, {3, 4})).live({1});
  EXPECT_EQ(run_node(node, {{0}})[0], (std::vector<float>{3, 4}));
}

TEST(CastLike, TakesTheOthersType) {
  NodeFixture node("CastLike");
  node.constant(Constant::from_floats({1}, {2.5F})).constant(Constant::from_ints({}, {0}));
  EXPECT_EQ(node.infer()[0].dtype, DType::Int64);
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{2}));
}

}  // namespace
}  // namespace relcam::testing
