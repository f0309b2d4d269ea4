#include <gtest/gtest.h>

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

}  // namespace
}  // namespace relcam::testing
