#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

const std::vector<float> kX = {1, 2, 10, 20};  // 2x2

NodeFixture product(bool transposed) {
  NodeFixture node("Gemm");
  node.live({2, 2});
  if (transposed) {
    node.constant(Constant::from_floats({3, 2}, {1, 4, 2, 5, 3, 6}));
    node.attribute("transB", std::int64_t{1});
  } else {
    node.constant(Constant::from_floats({2, 3}, {1, 2, 3, 4, 5, 6}));
  }
  return node;
}

TEST(Gemm, MultipliesByTheMatrixOrItsTranspose) {
  const std::vector<float> expected = {9, 12, 15, 90, 120, 150};
  EXPECT_EQ(product(false).forward({kX})[0], expected);
  EXPECT_EQ(product(true).forward({kX})[0], expected);
  NodeFixture node = product(true);
  EXPECT_EQ(node.op().kind(node.view()), Kind::Linear);
}

TEST(Gemm, ScalesProductAndAddend) {
  for (const Shape& shape : {Shape{3}, Shape{1, 3}}) {
    NodeFixture node = product(true);
    node.constant(Constant::from_floats(shape, {1, 2, 3}));
    node.attribute("alpha", 2.0F).attribute("beta", 10.0F);
    EXPECT_EQ(node.forward({kX})[0], (std::vector<float>{28, 44, 60, 190, 260, 330}));
    const auto bias = node.prepared().linear()->bias();
    EXPECT_EQ(std::vector<float>(bias.begin(), bias.end()), (std::vector<float>{10, 20, 30}));
  }
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1}}) {
    NodeFixture node = product(false);
    node.constant(Constant::from_floats(shape, {1}));
    EXPECT_EQ(node.forward({kX})[0], (std::vector<float>{10, 13, 16, 91, 121, 151}));
  }
}

TEST(Gemm, GradientIsTheTransposedProduct) {
  EXPECT_EQ(product(false).vjp({kX}, {{1, 0, 0, 0, 1, 1}})[0], (std::vector<float>{1, 4, 5, 11}));
}

TEST(Gemm, RefusesWhatDoesNotFit) {
  NodeFixture inner("Gemm");
  inner.live({2, 5}).constant(Constant::from_floats({2, 3}, {1, 2, 3, 4, 5, 6}));
  expect_error(ErrorCode::InvalidModel, "cannot be multiplied", [&] { inner.infer(); });
  NodeFixture vector("Gemm");
  vector.live({2}).constant(Constant::from_floats({2, 1}, {1, 2}));
  expect_error(ErrorCode::InvalidModel, "not matrices", [&] { vector.infer(); });
  NodeFixture addend = product(false);
  addend.constant(Constant::from_floats({2}, {1, 2}));
  expect_error(ErrorCode::InvalidModel, "", [&] { addend.infer(); });
}

/// alpha A' B' + beta C where it is no layer: live matrices, A transposed, C different in each row.
TEST(Gemm, OfAnyOtherForm) {
  NodeFixture live("Gemm");
  live.live({2, 2}).live({2, 2}).attribute("transB", std::int64_t{1}).attribute("alpha", 2.0F);
  EXPECT_EQ(run_node(live, {kX, {1, 0, 1, 1}})[0], (std::vector<float>{2, 6, 20, 60}));
  NodeFixture rows = product(false);
  rows.constant(Constant::from_floats({2, 1}, {1, 2})).attribute("beta", 10.0F);
  EXPECT_EQ(run_node(rows, {kX})[0], (std::vector<float>{19, 22, 25, 110, 140, 170}));
  NodeFixture transposed = product(false);
  transposed.attribute("transA", std::int64_t{1});
  EXPECT_EQ(run_node(transposed, {kX})[0], (std::vector<float>{41, 52, 63, 82, 104, 126}));
}

}  // namespace
}  // namespace relcam::testing
