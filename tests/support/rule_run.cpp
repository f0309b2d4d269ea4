#include "support/rule_run.h"

#include <cmath>
#include <numeric>

namespace relcam::testing {

void RuleRun::run(const Rule& rule) {
  const ThreadPool pool(1);
  const std::vector<std::span<const float>> values(inputs.begin(), inputs.end());
  const std::vector<std::span<const float>> outputs{output};
  const std::vector<char> signs_unknown(inputs.size(), 0);
  std::vector<std::size_t> sizes;
  std::vector<char> live;
  const std::size_t count = relevance.size() / output.size();
  std::vector<std::span<float>> targets;
  incoming.clear();
  incoming.reserve(inputs.size());
  for (const auto& input : inputs) {
    sizes.push_back(input.size());
    live.push_back(input.empty() ? 0 : 1);
    incoming.emplace_back(count * input.size(), std::nanf(""));
    targets.push_back(incoming.back());
  }
  const RuleNode node{.operation = &operation,
                      .pool = pool,
                      .inputs = values,
                      .outputs = outputs,
                      .input_sizes = sizes,
                      .output_size = output.size(),
                      .non_negative = signs_unknown,
                      .wanted = live,
                      .low = {},
                      .high = {}};
  Denominators denominators = rule.denominators(node);
  const std::vector<std::span<const float>> outgoing{relevance};
  rule.propagate(node, denominators, outgoing, count, targets);
  const std::vector<std::span<const float>> first{
      std::span<const float>(relevance).first(output.size())};
  losses = rule.losses(node, denominators, first);
}

double RuleRun::sent() const {
  double sum = 0.0;
  for (const auto& array : incoming) sum = std::accumulate(array.begin(), array.end(), sum);
  return sum;
}

}  // namespace relcam::testing
