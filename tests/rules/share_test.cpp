#include "rules/share.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/shares.h"

namespace relcam {
namespace {

const ThreadPool pool(1);

TEST(Stabilize, ExactDropsOnlyTheSharesOfZero) {
  std::vector<float> z{0.0F, -0.0F, 2.0F, -1e-30F};
  stabilize({}, z, pool);
  std::vector<float> shares(4);
  divide(std::vector<float>{1.0F, 1.0F, 1.0F, 0.0F}, z, 1.0F, shares, pool);
  EXPECT_EQ(shares, (std::vector<float>{0.0F, 0.0F, 0.5F, -0.0F}));
}

TEST(Stabilize, SignedMovesAwayFromZero) {
  std::vector<float> z{0.0F, 1.0F, -1.0F};
  stabilize({.kind = Stabilizer::Kind::Signed, .epsilon = 0.5F}, z, pool);
  EXPECT_EQ(z, (std::vector<float>{0.5F, 1.5F, -1.5F}));
}

TEST(Stabilize, RelativeMeasuresByTheRootMeanSquare) {
  std::vector<float> z{0.0F, 2.0F, -2.0F, 2.0F};
  stabilize({.kind = Stabilizer::Kind::Relative, .epsilon = 0.5F}, z, pool);
  const float push = 0.5F * std::sqrt(3.0F);
  EXPECT_FLOAT_EQ(z[0], push);
  EXPECT_FLOAT_EQ(z[1], 2.0F + push);
  EXPECT_FLOAT_EQ(z[2], -2.0F - push);
}

TEST(Divide, ServesStackedRelevances) {
  std::vector<float> shares(4);
  divide(std::vector<float>{2.0F, 3.0F, 4.0F, 6.0F}, std::vector<float>{2.0F, 3.0F}, 1.0F, shares,
         pool);
  EXPECT_EQ(shares, (std::vector<float>{1.0F, 1.0F, 2.0F, 2.0F}));
}

}  // namespace
}  // namespace relcam
