#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

class BatchLaw : public ::testing::TestWithParam<OpSample> {};

TEST_P(BatchLaw, ABatchIsItsSamplesOneByOne) {
  NodeFixture node = GetParam().node();
  std::vector<std::vector<std::vector<float>>> samples;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    samples.push_back(sample_inputs(GetParam(), node, seed));
  }
  const Clamp clamp = node.op().clamps ? Clamp{.low = -0.25F, .high = 0.5F} : Clamp{};
  const auto batch = node.forward_batch(samples, clamp);
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const auto alone = node.forward(samples[k], clamp);
    ASSERT_EQ(batch[k].size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      ASSERT_EQ(batch[k][i].size(), alone[i].size());
      for (std::size_t j = 0; j < alone[i].size(); ++j) {
        EXPECT_NEAR(batch[k][i][j], alone[i][j], 1e-5F * std::max(1.0F, std::fabs(alone[i][j])))
            << "sample " << k << ", output " << i << ", element " << j;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Roster, BatchLaw, ::testing::ValuesIn(op_samples()), test_name);

}  // namespace
}  // namespace relcam::testing
