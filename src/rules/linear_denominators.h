#pragma once

#include <cstddef>
#include <memory>

#include "rules/linear_share.h"

namespace relcam {

/// Z of a branch, not stabilized.
Buffer linear_denominator(const RuleNode& node, const LinearBranch& branch);

/// The denominators of all branches, one after the other: a step makes one of `pieces` of a term.
/// Where one reading of the weights serves denominators and shares, they stay NaN for the
/// propagation to find. `share` and `result` must outlive the work.
std::unique_ptr<RuleWork> linear_denominators(const LinearShare& share, std::size_t pieces,
                                              Denominators& result);

}  // namespace relcam
