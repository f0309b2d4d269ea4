#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(Where, ChoosesWithBroadcasting) {
  NodeFixture node("Where");
  node.constant(Constant::from_bools({2, 1}, {1, 0}))
      .constant(Constant::from_ints({3}, {1, 2, 1LL << 60}))
      .constant(Constant::from_ints({}, {-1}));
  const Constant result = node.fold()[0];
  EXPECT_EQ(result.shape(), (Shape{2, 3}));
  EXPECT_EQ(result.ints(), (std::vector<std::int64_t>{1, 2, 1LL << 60, -1, -1, -1}));
}

TEST(Where, Floats) {
  NodeFixture node("Where");
  node.constant(Constant::from_bools({}, {0}))
      .constant(Constant::from_floats({1}, {1.0F}))
      .constant(Constant::from_floats({2}, {2.5F, 3.5F}));
  EXPECT_EQ(node.fold()[0].floats(), (std::vector<float>{2.5F, 3.5F}));
}

TEST(Where, RefusesMixedTypes) {
  NodeFixture node("Where");
  node.constant(Constant::from_bools({}, {0}))
      .constant(Constant::from_floats({1}, {1.0F}))
      .constant(Constant::from_ints({1}, {1}));
  expect_error(ErrorCode::InvalidModel, "chooses", [&] { node.infer(); });
}

using Floats = std::vector<float>;
using Tensors = std::vector<Floats>;

/// A condition per row chooses between a matrix and a row.
NodeFixture rows() {
  NodeFixture node("Where");
  node.live({2, 1}, DType::Bool).live({2, 3}).live({3});
  return node;
}
const Tensors kRows = {{1, 0}, {1, 2, 3, 4, 5, 6}, {7, 8, 9}};

TEST(Where, LiveConditionsChoose) {
  NodeFixture node = rows();
  EXPECT_EQ(node.forward(kRows)[0], (Floats{1, 2, 3, 7, 8, 9}));
}

TEST(Where, GradientsGoToWhatWasChosen) {
  NodeFixture node = rows();
  const Tensors gradients = node.vjp(kRows, {{10, 20, 30, 40, 50, 60}});
  EXPECT_EQ(gradients, (Tensors{{0, 0}, {10, 20, 30, 0, 0, 0}, {40, 50, 60}}));
}

TEST(Where, TangentsComeFromWhatWasChosen) {
  NodeFixture node = rows();
  const Tensors tangents = node.jvp(kRows, {{100, 100}, {10, 20, 30, 40, 50, 60}, {1, 2, 3}});
  EXPECT_EQ(tangents[0], (Floats{10, 20, 30, 1, 2, 3}));
}

TEST(Where, WhatIsNotChosenMayBeNaN) {
  NodeFixture node("Where");
  node.live({2}, DType::Bool).live({2}).constant(Constant::from_floats({}, {0.5F}));
  const Floats x = {2.0F, std::nanf("")};
  EXPECT_EQ(node.forward({{1, 0}, x})[0], (Floats{2.0F, 0.5F}));
  EXPECT_EQ(node.vjp({{1, 0}, x}, {{3.0F, 4.0F}})[1], (Floats{3.0F, 0.0F}));
}

TEST(Where, IsNonNegativeIfBothChoicesAre) {
  NodeFixture node("Where");
  node.live({2}, DType::Bool).live({2}).constant(Constant::from_floats({}, {0.5F}));
  const auto holds = [&](bool x) {
    return node.op().non_negative(node.view(), std::array{true, x});
  };
  EXPECT_TRUE(holds(true));
  EXPECT_FALSE(holds(false));
}

}  // namespace
}  // namespace relcam::testing
