#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

using Tensors = std::vector<std::vector<float>>;

class GradientLaw : public ::testing::TestWithParam<OpSample> {};

TEST_P(GradientLaw, VjpAgreesWithFiniteDifferences) {
  NodeFixture node = GetParam().node();
  Tensors inputs = sample_inputs(GetParam(), node, 11);
  const Tensors outputs = node.forward(inputs);
  const Tensors weights = random_like(outputs, 23);
  const Tensors gradients = node.vjp(inputs, weights);
  ASSERT_EQ(gradients.size(), inputs.size());

  constexpr float kStep = 4e-3F;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_EQ(gradients[i].size(), inputs[i].size());
    for (std::size_t j = 0; j < inputs[i].size(); ++j) {
      const float at = inputs[i][j];
      inputs[i][j] = at + kStep;
      const double above = inner_product(node.forward(inputs), weights);
      inputs[i][j] = at - kStep;
      const double below = inner_product(node.forward(inputs), weights);
      const double width = static_cast<double>(at + kStep) - static_cast<double>(at - kStep);
      inputs[i][j] = at;
      const double expected = (above - below) / width;
      EXPECT_NEAR(static_cast<double>(gradients[i][j]), expected,
                  2e-3 * std::max(1.0, std::fabs(expected)))
          << "input " << i << ", element " << j;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Roster, GradientLaw, ::testing::ValuesIn(op_samples()), test_name);

TEST(OpSamples, CoverEveryOperatorThatRuns) {
  std::set<std::string> sampled;
  for (const OpSample& sample : op_samples()) sampled.insert(sample.op_type());
  for (const Op* op : all_ops()) {
    if (op->prepare == nullptr) continue;
    EXPECT_TRUE(sampled.contains(std::string(op->type))) << op->type << " has no sample";
  }
}

}  // namespace
}  // namespace relcam::testing
