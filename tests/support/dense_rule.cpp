#include "support/dense_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

namespace relcam::testing {

void DenseLayer::with_node(const std::function<void(const RuleNode&)>& use) const {
  DenseOperation dense(weights, bias);
  with_operation(dense, use);
}

void DenseLayer::with_operation(Operation& operation,
                                const std::function<void(const RuleNode&)>& use) const {
  std::vector<float> y(bias.size());
  const std::vector<std::span<const float>> inputs{x};
  const std::vector<std::span<float>> forward{y};
  operation.forward(inputs, forward, {});
  const std::vector<std::span<const float>> outputs{y};
  const std::vector<std::size_t> sizes{x.size()};
  const std::vector<char> flags{static_cast<char>(non_negative ? 1 : 0)};
  const std::vector<char> wanted{1};
  const ThreadPool pool(1);
  use({.operation = &operation,
       .pool = pool,
       .inputs = inputs,
       .outputs = outputs,
       .input_sizes = sizes,
       .output_size = y.size(),
       .non_negative = flags,
       .wanted = wanted,
       .low = low,
       .high = high});
}

DenseRule::DenseRule(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const auto draw = [&](std::size_t count) {
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return normal(random); });
    return values;
  };
  weights = draw(kOutputs * kInputs);
  bias = draw(kOutputs);
  x = draw(kInputs);
  relevance = draw(kSweeps * kOutputs);
  low = {std::ranges::min(x) - 0.5F};
  high = {std::ranges::max(x) + 0.5F};
}

std::vector<float> DenseRule::propagate(const Rule& rule) const {
  std::vector<float> result(kSweeps * kInputs, std::nanf(""));
  const std::vector<std::span<const float>> outgoing{relevance};
  const std::vector<std::span<float>> incoming{result};
  with_node([&](const RuleNode& node) {
    Denominators denominators = rule.denominators(node);
    rule.propagate(node, denominators, outgoing, kSweeps, incoming);
  });
  return result;
}

double DenseRule::w(std::size_t j, std::size_t i) const {
  return static_cast<double>(weights[j * kInputs + i]);
}

double DenseRule::z(std::size_t j) const {
  double sum = b(j);
  for (std::size_t i = 0; i < kInputs; ++i) sum += w(j, i) * a(i);
  return sum;
}

double DenseRule::r(std::size_t k, std::size_t j) const {
  return static_cast<double>(relevance[k * kOutputs + j]);
}

void expect_shares(const std::vector<float>& got, const std::vector<double>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(got[i]), want[i], 1e-4 * std::max(1.0, std::abs(want[i])));
  }
}

}  // namespace relcam::testing
