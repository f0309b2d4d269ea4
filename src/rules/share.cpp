#include "rules/share.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/shares.h"

namespace relcam {

namespace {

float root_mean_square(std::span<const float> z) {
  double sum = 0.0;
  for (const float value : z) sum += static_cast<double>(value) * static_cast<double>(value);
  return static_cast<float>(std::sqrt(sum / static_cast<double>(z.size())));
}

}  // namespace

void stabilize(const Stabilizer& stabilizer, std::span<float> z, const ThreadPool& pool) {
  switch (stabilizer.kind) {
    case Stabilizer::Kind::Exact: return;
    case Stabilizer::Kind::Signed: push_from_zero(z, stabilizer.epsilon, pool); return;
    case Stabilizer::Kind::Relative:
      push_from_zero(z, in_absolute_terms(stabilizer, z).epsilon, pool);
      return;
    case Stabilizer::Kind::Plus:
      for (float& value : z) value += stabilizer.epsilon;
      return;
  }
}

Stabilizer in_absolute_terms(const Stabilizer& stabilizer, std::span<const float> z) {
  return signed_stabilizer(static_cast<double>(stabilizer.epsilon * root_mean_square(z)));
}

double stabilizer_part(const Stabilizer& stabilizer, float z) {
  const auto epsilon = static_cast<double>(stabilizer.epsilon);
  switch (stabilizer.kind) {
    case Stabilizer::Kind::Exact: return 0.0;
    case Stabilizer::Kind::Relative:
    case Stabilizer::Kind::Signed: return z < 0.0F ? -epsilon : epsilon;
    case Stabilizer::Kind::Plus: return epsilon;
  }
  return 0.0;
}

Stabilizer signed_stabilizer(double epsilon) {
  return {.kind = Stabilizer::Kind::Signed, .epsilon = static_cast<float>(epsilon)};
}

double total_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

Buffer output_of(const RuleNode& node, ConstBuffers inputs) {
  Buffer output(node.output_size);
  const std::span<float> values = output.floats();
  node.operation->forward(inputs, {&values, 1}, {});
  return output;
}

Denominators stabilized_output(const RuleNode& node, const Stabilizer& stabilizer) {
  Denominators result;
  Buffer& output = result.emplace_back(output_of(node, node.inputs));
  stabilize(stabilizer, output.floats(), node.pool);
  return result;
}

Buffer divided(const RuleNode& node, std::span<const float> relevance,
               const Denominators& denominators) {
  Buffer shares(relevance.size());
  divide(relevance, denominators.front().floats(), 1.0F, shares.floats(), node.pool);
  return shares;
}

Buffer sum_of_constants(const RuleNode& node) {
  const Buffer zeros = filled(std::ranges::max(node.input_sizes), 0.0F);
  std::vector<std::span<const float>> inputs;
  for (const std::size_t size : node.input_sizes) inputs.push_back(zeros.floats().first(size));
  return output_of(node, inputs);
}

void send_back(const RuleNode& node, std::span<const float> shares, std::size_t input,
               std::span<float> incoming, bool frozen) {
  const std::size_t size = node.input_sizes[input];
  std::vector<std::span<float>> targets(node.inputs.size());
  for (std::size_t k = 0; k * size < incoming.size(); ++k) {
    targets[input] = incoming.subspan(k * size, size);
    const std::span<const float> gradient = shares.subspan(k * node.output_size, node.output_size);
    const VjpArguments arguments{.inputs = node.inputs,
                                 .outputs = node.outputs,
                                 .output_gradients = {&gradient, 1},
                                 .input_gradients = targets};
    frozen ? node.operation->frozen_vjp(arguments) : node.operation->vjp(arguments);
  }
}

double withheld(const Rule& rule, const RuleNode& node, ConstBuffers outgoing) {
  std::vector<char> live;
  std::vector<Buffer> sent;
  std::vector<std::span<float>> targets;
  for (const std::size_t size : node.input_sizes) {
    live.push_back(size != 0 ? 1 : 0);
    sent.emplace_back(size);
    targets.push_back(sent.back().floats());
  }
  RuleNode all = node;
  all.wanted = live;
  Denominators denominators = rule.denominators(all);
  rule.propagate(all, denominators, outgoing, 1, targets);
  double rest = total_of(outgoing.front());
  for (const auto& incoming : targets) rest -= total_of(incoming);
  return rest;
}

Losses losses_of_sum(const RuleNode& node, const Stabilizer& stabilizer, std::span<const float> z,
                     std::span<const float> relevance) {
  Losses losses;
  const Buffer constants = sum_of_constants(node);
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto amount = static_cast<double>(relevance[i]);
    if (z[i] == 0.0F) {
      losses.zeros += amount;
      continue;
    }
    const double share = amount / static_cast<double>(z[i]);
    losses.stabilizer += share * stabilizer_part(stabilizer, z[i]);
    losses.bias += share * static_cast<double>(constants.floats()[i]);
  }
  return losses;
}

}  // namespace relcam
