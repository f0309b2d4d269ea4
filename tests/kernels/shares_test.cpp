#include "kernels/shares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace relcam {
namespace {

/// Long enough to be spread over threads, and no multiple of a vector.
constexpr std::size_t kSize = 100'003;
constexpr std::size_t kSweeps = 2;

/// Values of both signs, some of them 0.
std::vector<float> wave(std::size_t size, float step) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = i % 5 == 0 ? 0.0F : std::sin(step * static_cast<float>(i));
  }
  return values;
}

float part_of(SignPart part, float x) {
  if (part == SignPart::Positive) return x > 0.0F ? x : 0.0F;
  if (part == SignPart::Negative) return x < 0.0F ? x : 0.0F;
  return x;
}

class SharesTest : public ::testing::TestWithParam<SignPart> {
 protected:
  ThreadPool pool_{2};
  std::vector<float> x_ = wave(kSize, 0.7F);
  std::vector<float> g_ = wave(kSweeps * kSize, 0.3F);
};

TEST_P(SharesTest, WeighMultipliesEverySweep) {
  std::vector<float> r = wave(kSweeps * kSize, 1.1F);
  const std::vector<float> before = r;
  weigh(g_, x_, GetParam(), 2.0F, r, Write::Accumulate, pool_);
  for (std::size_t i = 0; i < r.size(); ++i) {
    const float share = 2.0F * part_of(GetParam(), x_[i % kSize]) * g_[i];
    ASSERT_NEAR(r[i], before[i] + share, 1e-6F) << i;
  }
  weigh(g_, x_, GetParam(), 2.0F, r, Write::Assign, pool_);
  for (std::size_t i = 0; i < r.size(); ++i) {
    ASSERT_FLOAT_EQ(r[i], 2.0F * part_of(GetParam(), x_[i % kSize]) * g_[i]) << i;
  }
}

TEST_P(SharesTest, WeighMayOverwriteItsArgument) {
  std::vector<float> apart(g_.size());
  weigh(g_, x_, GetParam(), 1.0F, apart, Write::Assign, pool_);
  std::vector<float> one = g_;
  weigh(one, x_, GetParam(), 1.0F, one, Write::Assign, pool_);
  EXPECT_EQ(one, apart);
}

TEST_P(SharesTest, TakePartKeepsOneSign) {
  std::vector<float> y(kSize);
  take_part(x_, GetParam(), -3.0F, y, pool_);
  for (std::size_t i = 0; i < kSize; ++i) {
    ASSERT_FLOAT_EQ(y[i], -3.0F * part_of(GetParam(), x_[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, SharesTest,
                         ::testing::Values(SignPart::Both, SignPart::Positive, SignPart::Negative));

TEST_F(SharesTest, DivideGivesNothingWhereTheDenominatorIsZero) {
  std::vector<float> shares(g_.size());
  divide(g_, x_, 0.5F, shares, pool_);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const float z = x_[i % kSize];
    ASSERT_FLOAT_EQ(shares[i], z == 0.0F ? 0.0F : 0.5F * g_[i] / z) << i;
  }
}

TEST_F(SharesTest, PushFromZeroMovesEveryElement) {
  std::vector<float> z = x_;
  push_from_zero(z, 0.25F, pool_);
  for (std::size_t i = 0; i < kSize; ++i) {
    ASSERT_FLOAT_EQ(z[i], x_[i] + (x_[i] < 0.0F ? -0.25F : 0.25F)) << i;
  }
}

TEST_F(SharesTest, AccumulateAdds) {
  std::vector<float> sum = x_;
  accumulate(std::span<const float>(g_).first(kSize), sum, pool_);
  for (std::size_t i = 0; i < kSize; ++i) ASSERT_FLOAT_EQ(sum[i], x_[i] + g_[i]) << i;
}

}  // namespace
}  // namespace relcam
