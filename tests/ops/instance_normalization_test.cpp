#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

constexpr std::size_t kChannels = 4;
constexpr std::size_t kPixels = 6;

/// (x - mean) / sqrt(variance + epsilon) within each group, times the channel's scale, plus its
/// bias.
std::vector<float> normalized(const std::vector<float>& x, std::size_t groups,
                              const std::vector<float>& scale, const std::vector<float>& bias) {
  const std::size_t size = kChannels / groups * kPixels;
  std::vector<float> y(x.size());
  for (std::size_t first = 0; first < x.size(); first += size) {
    double mean = 0.0;
    double variance = 0.0;
    for (std::size_t i = 0; i < size; ++i) mean += static_cast<double>(x[first + i]);
    mean /= static_cast<double>(size);
    for (std::size_t i = 0; i < size; ++i) {
      variance += std::pow(static_cast<double>(x[first + i]) - mean, 2.0);
    }
    variance /= static_cast<double>(size);
    for (std::size_t i = first; i < first + size; ++i) {
      const std::size_t channel = i / kPixels % kChannels;
      const double n = (static_cast<double>(x[i]) - mean) / std::sqrt(variance + 1e-3);
      y[i] = static_cast<float>(n) * scale[channel] + bias[channel];
    }
  }
  return y;
}

NodeFixture node_of(const std::string& type, std::int64_t opset, const std::vector<float>& scale,
                    const std::vector<float>& bias) {
  NodeFixture node(type, opset);
  const Shape shape = {static_cast<std::int64_t>(scale.size())};
  node.live({2, 4, 2, 3})
      .constant(Constant::from_floats(shape, scale))
      .constant(Constant::from_floats(shape, bias))
      .attribute("epsilon", 1e-3F);
  return node;
}

TEST(InstanceNormalization, NormalizesEveryChannel) {
  const auto x = random_floats(2 * kChannels * kPixels, 1);
  const std::vector<float> scale = {1, -2, 0.5F, 3};
  const std::vector<float> bias = {0, 1, -1, 2};
  expect_near(run_node(node_of("InstanceNormalization", 17, scale, bias), {x})[0],
              normalized(x, kChannels, scale, bias), 1e-5F);
  const std::vector<float> ones(kChannels, 1.0F);
  const std::vector<float> zeros(kChannels, 0.0F);
  expect_near(run_node(node_of("InstanceNormalization", 17, ones, zeros), {x})[0],
              normalized(x, kChannels, ones, zeros), 1e-5F);
}

/// Scale and bias are per group in opset 18 and per channel since 21.
TEST(GroupNormalization, NormalizesGroups) {
  const auto x = random_floats(2 * kChannels * kPixels, 2);
  NodeFixture early = node_of("GroupNormalization", 18, {2, 3}, {1, -1});
  early.attribute("num_groups", std::int64_t{2});
  expect_near(run_node(early, {x})[0], normalized(x, 2, {2, 2, 3, 3}, {1, 1, -1, -1}), 1e-5F);
  NodeFixture late = node_of("GroupNormalization", 21, {2, 3, 4, 5}, {1, -1, 0, 2});
  late.attribute("num_groups", std::int64_t{2});
  expect_near(run_node(late, {x})[0], normalized(x, 2, {2, 3, 4, 5}, {1, -1, 0, 2}), 1e-5F);
}

TEST(GroupNormalization, RefusesWhatDoesNotFit) {
  NodeFixture groups = node_of("GroupNormalization", 21, {1, 1, 1, 1}, {0, 0, 0, 0});
  groups.attribute("num_groups", std::int64_t{3});
  expect_refused(groups, ErrorCode::InvalidModel, "do not divide");
  NodeFixture scale = node_of("InstanceNormalization", 17, {1, 1}, {0, 0});
  expect_refused(scale, ErrorCode::InvalidModel, "'scale'");
}

}  // namespace
}  // namespace relcam::testing
