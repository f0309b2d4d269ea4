#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(NonZero, ListsIndicesAxisByAxis) {
  NodeFixture node("NonZero");
  node.constant(Constant::from_bools({2, 2}, {1, 0, 1, 1}));
  EXPECT_EQ(node.infer()[0].shape, (Shape{2, 3}));
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{0, 1, 1, 0, 0, 1}));
}

TEST(NonZero, RefusesLiveData) {
  NodeFixture node("NonZero");
  node.live({2});
  expect_error(ErrorCode::UnsupportedOperator, "'X'", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
