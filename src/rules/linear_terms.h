#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "kernels/shares.h"
#include "rules/linear_share.h"

/// What the parts of a LinearShare come to at a node.
namespace relcam {

/// The terms as the node really has them: without those that are zero there, and with x itself for
/// x+ of inputs that cannot be negative.
std::vector<LinearTerm> active_terms(const LinearBranch& branch, const RuleNode& node);

/// The part of x that has the asked-for sign, for parts that are taken of the input itself.
std::optional<SignPart> sign_part(InputPart part);

/// factor * part(x): x itself or an array that `own` receives.
std::span<const float> input_part(const RuleNode& node, const LinearTerm& term, Buffer& own);

/// relevance (+)= factor * part(x) * gathered, for stacked relevances; both may be one array.
void add_share(const RuleNode& node, const LinearTerm& term, std::span<const float> gathered,
               std::span<float> relevance, Write write);

/// What the bias adds to the denominator of output `i`.
float bias_part(const LinearBranch& branch, std::span<const float> bias, std::size_t i);

/// Outputs the branch does not serve get the denominator 0: they have no share.
inline bool is_masked(LinearBranch::Mask mask, float y) {
  if (mask == LinearBranch::Mask::Everywhere) return false;
  return !((mask == LinearBranch::Mask::PositiveOutput ? y : -y) > 0.0F);
}

}  // namespace relcam
