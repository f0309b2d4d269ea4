#include <gtest/gtest.h>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

NodeFixture reshape(Shape input, Integers target) {
  NodeFixture node("Reshape");
  node.live(std::move(input)).constant(list(std::move(target)));
  return node;
}

/// The examples of the ONNX page for Reshape.
TEST(Reshape, ExamplesOfTheStandard) {
  EXPECT_EQ(reshape({2, 3, 4}, {4, 2, 3}).infer()[0].shape, (Shape{4, 2, 3}));
  EXPECT_EQ(reshape({2, 3, 4}, {2, -1, 2}).infer()[0].shape, (Shape{2, 6, 2}));
  EXPECT_EQ(reshape({2, 3, 4}, {-1, 2, 3, 4}).infer()[0].shape, (Shape{1, 2, 3, 4}));
  EXPECT_EQ(reshape({2, 3, 4}, {2, 0, 4, 1}).infer()[0].shape, (Shape{2, 3, 4, 1}));
  EXPECT_EQ(reshape({2, 3, 4}, {2, 0, 1, -1}).infer()[0].shape, (Shape{2, 3, 1, 4}));
}

TEST(Reshape, AllowZeroTakesZeroLiterally) {
  NodeFixture node("Reshape");
  node.constant(Constant::from_floats({0, 3, 4}, {}))
      .constant(list({3, 4, 0}))
      .attribute("allowzero", std::int64_t{1});
  EXPECT_EQ(node.infer()[0].shape, (Shape{3, 4, 0}));
}

TEST(Reshape, RefusesWhatDoesNotFit) {
  const auto expect_refused = [](Integers target, const std::string& why) {
    NodeFixture node = reshape({2, 3}, std::move(target));
    expect_error(ErrorCode::InvalidModel, why, [&] { node.infer(); });
  };
  expect_refused({-1, -1}, "two dimensions open");
  expect_refused({4, -1}, "does not divide");
  expect_refused({5}, "does not fit");
  expect_refused({2, 3, 0}, "lacks");
  expect_refused({-2, -3}, "negative");
  expect_refused({1LL << 40, 1LL << 40}, "too large");
  expect_refused({std::numeric_limits<std::int64_t>::max(), -1}, "too large");
  NodeFixture live("Reshape");
  live.live({2}).live({1}, DType::Int64);
  expect_error(ErrorCode::UnsupportedOperator, "'shape'", [&] { live.infer(); });
  NodeFixture floats("Reshape");
  floats.live({2}).constant(Constant::from_floats({1}, {2.0F}));
  expect_error(ErrorCode::InvalidModel, "integers", [&] { floats.infer(); });
}

TEST(Flatten, SplitsAtItsAxis) {
  const auto shape = [](std::int64_t axis) {
    NodeFixture node("Flatten");
    node.live({2, 3, 4}).attribute("axis", axis);
    return node.infer()[0].shape;
  };
  EXPECT_EQ(shape(0), (Shape{1, 24}));
  EXPECT_EQ(shape(1), (Shape{2, 12}));
  EXPECT_EQ(shape(3), (Shape{24, 1}));
  EXPECT_EQ(shape(-1), (Shape{6, 4}));
  EXPECT_EQ(NodeFixture("Flatten").live({2, 3, 4}).infer()[0].shape, (Shape{2, 12}));
  NodeFixture beyond("Flatten");
  beyond.live({2}).attribute("axis", std::int64_t{2});
  expect_error(ErrorCode::InvalidModel, "out of range", [&] { beyond.infer(); });
}

TEST(Squeeze, AxesAsAttributeAsInputOrAll) {
  NodeFixture attribute("Squeeze", 11);
  attribute.live({1, 3, 1}).attribute("axes", Integers{-1});
  EXPECT_EQ(attribute.infer()[0].shape, (Shape{1, 3}));
  NodeFixture input("Squeeze", 13);
  input.live({1, 3, 1}).constant(list({0}));
  EXPECT_EQ(input.infer()[0].shape, (Shape{3, 1}));
  EXPECT_EQ(NodeFixture("Squeeze", 13).live({1, 3, 1}).infer()[0].shape, (Shape{3}));
  NodeFixture wide("Squeeze", 13);
  wide.live({1, 3}).constant(list({1}));
  expect_error(ErrorCode::InvalidModel, "not 1", [&] { wide.infer(); });
}

TEST(Unsqueeze, AxesAreThoseOfTheResult) {
  NodeFixture attribute("Unsqueeze", 11);
  attribute.live({3, 4}).attribute("axes", Integers{0, 3});
  EXPECT_EQ(attribute.infer()[0].shape, (Shape{1, 3, 4, 1}));
  NodeFixture input("Unsqueeze", 13);
  input.live({3, 4}).constant(list({-1, 1}));
  EXPECT_EQ(input.infer()[0].shape, (Shape{3, 1, 4, 1}));
  NodeFixture twice("Unsqueeze", 13);
  twice.live({3, 4}).constant(list({0, -4}));
  expect_error(ErrorCode::InvalidModel, "twice", [&] { twice.infer(); });
}

TEST(Reshape, FoldsWithoutTouchingTheElements) {
  NodeFixture node("Reshape");
  node.constant(Constant::from_ints({4}, {1, 2, 3, 4})).constant(list({2, 2}));
  const Constant folded = node.fold()[0];
  EXPECT_EQ(folded.shape(), (Shape{2, 2}));
  EXPECT_EQ(folded.ints(), (Integers{1, 2, 3, 4}));
}

}  // namespace
}  // namespace relcam::testing
