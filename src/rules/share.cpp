#include "rules/share.h"

#include <cmath>

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
      push_from_zero(z, stabilizer.epsilon * root_mean_square(z), pool);
      return;
    case Stabilizer::Kind::Plus:
      for (float& value : z) value += stabilizer.epsilon;
      return;
  }
}

Stabilizer signed_stabilizer(double epsilon) {
  return {.kind = Stabilizer::Kind::Signed, .epsilon = static_cast<float>(epsilon)};
}

Buffer divided(const RuleNode& node, std::span<const float> relevance,
               const Denominators& denominators) {
  Buffer shares(relevance.size());
  divide(relevance, denominators.front().floats(), 1.0F, shares.floats(), node.pool);
  return shares;
}

void send_back(const RuleNode& node, std::span<const float> shares, std::size_t input,
               std::span<float> incoming) {
  const std::size_t size = node.input_sizes[input];
  std::vector<std::span<float>> targets(node.inputs.size());
  for (std::size_t k = 0; k * size < incoming.size(); ++k) {
    targets[input] = incoming.subspan(k * size, size);
    const std::span<const float> gradient = shares.subspan(k * node.output_size, node.output_size);
    node.operation->vjp({.inputs = node.inputs,
                         .outputs = node.outputs,
                         .output_gradients = {&gradient, 1},
                         .input_gradients = targets});
  }
}

}  // namespace relcam
