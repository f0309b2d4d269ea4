#pragma once

#include <span>

#include "kernels/thread_pool.h"
#include "rules/linear_share.h"

namespace relcam {

/// Makes z ready for `divide`, which gives no share where z stays exactly 0.
void stabilize(const Stabilizer& stabilizer, std::span<float> z, const ThreadPool& pool);

/// Stacked relevances of the first output over its denominators.
Buffer divided(const RuleNode& node, std::span<const float> relevance,
               const Denominators& denominators);

/// incoming = f_i^T shares for input i of the node's operation f, on one stacked relevance after
/// the other.
void send_back(const RuleNode& node, std::span<const float> shares, std::size_t input,
               std::span<float> incoming);

}  // namespace relcam
