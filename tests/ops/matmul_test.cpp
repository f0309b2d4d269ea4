#include <gtest/gtest.h>

#include <vector>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

Constant matrix(Shape shape) { return Constant::from_floats(std::move(shape), {1, 2, 3, 4, 5, 6}); }

TEST(MatMul, MultipliesTheLastAxisByAConstantMatrix) {
  NodeFixture node("MatMul");
  node.live({2, 1, 2}).constant(matrix({2, 3}));
  EXPECT_EQ(node.forward({{1, 2, 10, 20}})[0], (std::vector<float>{9, 12, 15, 90, 120, 150}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 1, 3}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Linear);
  EXPECT_EQ(node.vjp({{1, 2, 10, 20}}, {{1, 0, 0, 0, 1, 1}})[0], (std::vector<float>{1, 4, 5, 11}));
}

TEST(MatMul, VectorsAreRowsAndColumns) {
  NodeFixture row("MatMul");
  row.live({2}).constant(matrix({2, 3}));
  EXPECT_EQ(row.forward({{1, 2}})[0], (std::vector<float>{9, 12, 15}));
  EXPECT_EQ(row.logical_output_shape(0), (Shape{3}));
  NodeFixture column("MatMul");
  column.live({2, 6}).constant(matrix({6}));
  EXPECT_EQ(column.forward({{1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0}})[0], (std::vector<float>{7, 2}));
  EXPECT_EQ(column.logical_output_shape(0), (Shape{2}));
}

TEST(MatMul, LeadingOnesOfTheMatrixBroadcast) {
  NodeFixture node("MatMul");
  node.live({1, 2}).constant(matrix({1, 1, 2, 3}));
  EXPECT_EQ(node.forward({{1, 2}})[0], (std::vector<float>{9, 12, 15}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{1, 1, 1, 3}));
}

TEST(MatMul, RefusesWhatDoesNotFit) {
  NodeFixture inner("MatMul");
  inner.live({2, 4}).constant(matrix({2, 3}));
  expect_error(ErrorCode::InvalidModel, "cannot be multiplied", [&] { inner.infer(); });
  NodeFixture scalar("MatMul");
  scalar.live({}).constant(matrix({2, 3}));
  expect_error(ErrorCode::InvalidModel, "cannot be multiplied", [&] { scalar.infer(); });
}

TEST(MatMul, TwoLiveMatrices) {
  NodeFixture node("MatMul");
  node.live({2, 2}).live({2, 3});
  EXPECT_EQ(node.op().kind(node.view()), Kind::Own);
  const std::vector<float> a = {1, 2, 10, 20};
  const std::vector<float> b = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(node.forward({a, b})[0], (std::vector<float>{9, 12, 15, 90, 120, 150}));
  EXPECT_EQ(node.forward({a, b}, {.low = 10.0F, .high = 100.0F})[0],
            (std::vector<float>{10, 12, 15, 90, 100, 100}));
  const auto gradients = node.vjp({a, b}, {{1, 0, 0, 0, 1, 1}});
  EXPECT_EQ(gradients[0], (std::vector<float>{1, 4, 5, 11}));
  EXPECT_EQ(gradients[1], (std::vector<float>{1, 10, 10, 2, 20, 20}));
}

TEST(MatMul, AConstantOnTheLeft) {
  NodeFixture node("MatMul");
  node.constant(matrix({2, 3})).live({3, 1});
  EXPECT_EQ(node.forward({{1, 10, 100}})[0], (std::vector<float>{321, 654}));
  EXPECT_EQ(node.vjp({{1, 10, 100}}, {{1, 2}})[0], (std::vector<float>{9, 12, 15}));
}

TEST(MatMul, ConstantStackOnTheRight) {
  NodeFixture node("MatMul");
  node.live({1, 3}).constant(matrix({2, 3, 1}));
  EXPECT_EQ(node.forward({{1, 10, 100}})[0], (std::vector<float>{321, 654}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 1, 1}));
}

TEST(MatMul, BatchesBroadcast) {
  NodeFixture node("MatMul");
  node.live({2, 1, 1, 2}).live({3, 2, 1});
  const std::vector<float> a = {1, 2, 10, 20};
  const std::vector<float> b = {1, 0, 0, 1, 1, 1};
  EXPECT_EQ(node.forward({a, b})[0], (std::vector<float>{1, 2, 3, 10, 20, 30}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 3, 1, 1}));
  const auto gradients = node.vjp({a, b}, {{1, 1, 1, 0, 0, 1}});
  EXPECT_EQ(gradients[0], (std::vector<float>{2, 2, 1, 1}));
  EXPECT_EQ(gradients[1], (std::vector<float>{1, 2, 1, 2, 11, 22}));
}

}  // namespace
}  // namespace relcam::testing
