#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "support/node_fixture.h"
#include "support/op_samples.h"

namespace relcam::testing {
namespace {

/// What an op promises about signs holds for its samples' inputs, and for their absolute values.
void check_promise(const OpSample& sample, bool non_negative_inputs) {
  NodeFixture node = sample.node();
  node.prepared();
  if (node.op().non_negative == nullptr) return;
  std::vector<std::vector<float>> inputs = sample_inputs(sample, node, 3);
  for (auto& input : inputs) {
    for (float& x : input) x = non_negative_inputs ? std::fabs(x) : x;
  }
  const auto flags = std::make_unique<bool[]>(inputs.size());
  std::fill_n(flags.get(), inputs.size(), non_negative_inputs);
  if (!node.op().non_negative(node.view(), {flags.get(), inputs.size()})) return;
  const auto outputs = node.forward(inputs);
  for (const float y : outputs.front()) EXPECT_GE(y, 0.0F) << sample.name;
}

TEST(SignLaw, NonNegativeMeansNonNegative) {
  for (const OpSample& sample : op_samples()) {
    check_promise(sample, true);
    check_promise(sample, false);
  }
}

/// What as_clamp says is what forward does.
TEST(ClampLaw, ClampsAreTheOperatorsThemselves) {
  for (const OpSample& sample : op_samples()) {
    NodeFixture node = sample.node();
    node.prepared();
    if (node.op().as_clamp == nullptr) continue;
    const Clamp clamp = node.op().as_clamp(node.view());
    const auto inputs = sample_inputs(sample, node, 3);
    const auto output = node.forward(inputs).front();
    for (std::size_t i = 0; i < output.size(); ++i) {
      EXPECT_EQ(output[i], std::min(std::max(inputs[0][i], clamp.low), clamp.high)) << sample.name;
    }
  }
}

/// An op that says it clamps gives what a Clip behind it would give.
TEST(ClampLaw, FusedClampsAreApplied) {
  constexpr Clamp kClamp{.low = -0.125F, .high = 0.25F};
  std::size_t checked = 0;
  for (const OpSample& sample : op_samples()) {
    NodeFixture node = sample.node();
    if (!node.op().clamps) continue;
    const auto inputs = sample_inputs(sample, node, 3);
    std::vector<float> expected = node.forward(inputs).front();
    const std::vector<float> actual = node.forward(inputs, kClamp).front();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(actual[i], std::clamp(expected[i], kClamp.low, kClamp.high)) << sample.name;
    }
    ++checked;
  }
  EXPECT_GE(checked, 3U);
}

}  // namespace
}  // namespace relcam::testing
