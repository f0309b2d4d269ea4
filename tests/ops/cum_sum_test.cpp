#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Integers summed(std::int64_t axis, bool exclusive, bool reverse) {
  NodeFixture node("CumSum");
  node.constant(Constant::from_ints({2, 3}, {1, 2, 3, 4, 5, 6}))
      .constant(Constant::from_ints({}, {axis}))
      .attribute("exclusive", std::int64_t{exclusive ? 1 : 0})
      .attribute("reverse", std::int64_t{reverse ? 1 : 0});
  return node.fold()[0].ints();
}

/// The examples of the ONNX page.
TEST(CumSum, EveryDirection) {
  EXPECT_EQ(summed(0, false, false), (Integers{1, 2, 3, 5, 7, 9}));
  EXPECT_EQ(summed(1, false, false), (Integers{1, 3, 6, 4, 9, 15}));
  EXPECT_EQ(summed(1, true, false), (Integers{0, 1, 3, 0, 4, 9}));
  EXPECT_EQ(summed(-1, false, true), (Integers{6, 5, 3, 15, 11, 6}));
  EXPECT_EQ(summed(1, true, true), (Integers{5, 3, 0, 11, 6, 0}));
}

TEST(CumSum, RefusesAnAxisOutside) {
  NodeFixture node("CumSum");
  node.constant(Constant::from_floats({1}, {1.0F})).constant(Constant::from_ints({}, {1}));
  expect_error(ErrorCode::InvalidModel, "out of range", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
