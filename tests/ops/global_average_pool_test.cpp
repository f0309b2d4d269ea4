#include <gtest/gtest.h>

#include <vector>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(GlobalAveragePool, IsTheMeanOfEachChannel) {
  NodeFixture node("GlobalAveragePool");
  node.live({1, 2, 2, 2});
  EXPECT_EQ(node.forward({{1, 2, 3, 6, -1, -1, -1, 7}})[0], (std::vector<float>{3, 1}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{1, 2, 1, 1}));
  EXPECT_EQ(node.vjp({std::vector<float>(8)}, {{4, 8}})[0],
            (std::vector<float>{1, 1, 1, 1, 2, 2, 2, 2}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Pool);
}

TEST(GlobalAveragePool, RefusesWhatIsNoImage) {
  NodeFixture node("GlobalAveragePool");
  node.live({2, 3});
  expect_error(ErrorCode::UnsupportedOperator, "rank 4", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
