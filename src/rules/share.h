#pragma once

#include <span>

#include "kernels/thread_pool.h"
#include "rules/linear_share.h"

namespace relcam {

/// Makes z ready for `divide`, which gives no share where z stays exactly 0.
void stabilize(const Stabilizer& stabilizer, std::span<float> z, const ThreadPool& pool);

/// A Relative stabilizer of the denominators `z`, not yet stabilized, as a Signed one.
Stabilizer in_absolute_terms(const Stabilizer& stabilizer, std::span<const float> z);

/// What `stabilize` added to make `z`; a Relative stabilizer has to be in absolute terms.
double stabilizer_part(const Stabilizer& stabilizer, float z);

/// The losses of a rule that shares relevance by the terms of a sum or an average with stabilized
/// value `z`: constants among the terms are biases.
Losses losses_of_sum(const RuleNode& node, const Stabilizer& stabilizer, std::span<const float> z,
                     std::span<const float> relevance);

/// Part `k` of `count` stacked arrays.
template <typename Float>
std::span<Float> slice(std::span<Float> stacked, std::size_t count, std::size_t k) {
  const std::size_t size = stacked.size() / count;
  return stacked.subspan(k * size, size);
}

/// The sum of all values.
double total_of(std::span<const float> values);

/// The first output of the node's operation for such inputs.
Buffer output_of(const RuleNode& node, ConstBuffers inputs);

/// The denominators of rules that share by contributions to the first output.
Denominators stabilized_output(const RuleNode& node, const Stabilizer& stabilizer);

/// Stacked relevances of the first output over its denominators.
Buffer divided(const RuleNode& node, std::span<const float> relevance,
               const Denominators& denominators);

/// incoming = f_i^T shares for input i of the node's operation f, on one stacked relevance after
/// the other; `frozen`: with a normalization's deviation held constant.
void send_back(const RuleNode& node, std::span<const float> shares, std::size_t input,
               std::span<float> incoming, bool frozen = false);

/// What y is where all live inputs are 0.
Buffer sum_of_constants(const RuleNode& node);

/// What the outputs' relevance (not stacked) comes to, less what the rule sends to all live inputs.
double withheld(const Rule& rule, const RuleNode& node, ConstBuffers outgoing);

}  // namespace relcam
