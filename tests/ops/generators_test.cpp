#include <gtest/gtest.h>

#include <limits>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(ConstantOfShape, ZerosByDefaultOrTheValue) {
  NodeFixture zeros("ConstantOfShape");
  zeros.constant(Constant::from_ints({2}, {2, 2}));
  EXPECT_EQ(zeros.fold()[0].floats(), (std::vector<float>{0, 0, 0, 0}));
  EXPECT_EQ(zeros.infer()[0].dtype, DType::Float32);
  NodeFixture ones("ConstantOfShape");
  ones.constant(Constant::from_ints({1}, {3})).attribute("value", Constant::from_ints({1}, {1}));
  EXPECT_EQ(ones.fold()[0].ints(), (Integers{1, 1, 1}));
  NodeFixture truth("ConstantOfShape");
  truth.constant(Constant::from_ints({0}, {})).attribute("value", Constant::from_bools({1}, {1}));
  EXPECT_EQ(truth.fold()[0].shape(), Shape{});
  EXPECT_EQ(truth.fold()[0].dtype(), DType::Bool);
}

TEST(ConstantOfShape, RefusesAbsurdShapes) {
  for (const std::int64_t extent : {std::int64_t{-1}, std::int64_t{1} << 40}) {
    NodeFixture node("ConstantOfShape");
    node.constant(Constant::from_ints({1}, {extent}));
    expect_error(ErrorCode::InvalidModel, "", [&] { node.infer(); });
  }
  NodeFixture value("ConstantOfShape");
  value.constant(Constant::from_ints({1}, {1})).attribute("value", std::int64_t{1});
  expect_error(ErrorCode::InvalidModel, "'value'", [&] { value.infer(); });
}

NodeFixture range(Constant start, Constant limit, Constant delta) {
  NodeFixture node("Range");
  node.constant(std::move(start)).constant(std::move(limit)).constant(std::move(delta));
  return node;
}

Constant integer(std::int64_t value) { return Constant::from_ints({}, {value}); }
Constant number(float value) { return Constant::from_floats({}, {value}); }

TEST(Range, CountsBothWays) {
  EXPECT_EQ(range(integer(3), integer(9), integer(3)).fold()[0].ints(), (Integers{3, 6}));
  EXPECT_EQ(range(integer(10), integer(4), integer(-2)).fold()[0].ints(), (Integers{10, 8, 6}));
  EXPECT_EQ(range(number(0.0F), number(1.0F), number(0.25F)).fold()[0].floats(),
            (std::vector<float>{0.0F, 0.25F, 0.5F, 0.75F}));
  EXPECT_EQ(range(integer(1), integer(0), integer(1)).fold()[0].shape(), (Shape{0}));
}

TEST(Range, RefusesToCountWithoutEnd) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  expect_error(ErrorCode::InvalidModel, "without end",
               [] { range(integer(0), integer(1), integer(0)).infer(); });
  expect_error(ErrorCode::InvalidModel, "without end",
               [] { range(integer(0), integer(kMost), integer(1)).infer(); });
  expect_error(ErrorCode::InvalidModel, "without end",
               [] { range(integer(0), integer(0), integer(0)).infer(); });
}

TEST(EyeLike, HasTheShapeOfItsInput) {
  NodeFixture node("EyeLike");
  node.live({2, 3}).attribute("k", std::int64_t{1});
  EXPECT_EQ(node.fold()[0].floats(), (std::vector<float>{0, 1, 0, 0, 0, 1}));
  node.attribute("dtype", std::int64_t{7});
  EXPECT_EQ(node.fold()[0].ints(), (Integers{0, 1, 0, 0, 0, 1}));
  NodeFixture vector("EyeLike");
  vector.live({3});
  expect_error(ErrorCode::InvalidModel, "not a matrix", [&] { vector.infer(); });
}

}  // namespace
}  // namespace relcam::testing
