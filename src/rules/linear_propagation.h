#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "rules/linear_share.h"

namespace relcam {

/// Relevance of a node's outputs becoming that of its input: a step sends back a term of `count`
/// stacked relevances, or one of `pieces` of a term of a single one. Completes denominators that
/// are missing. All but `node` must outlive the work.
std::unique_ptr<RuleWork> linear_propagation(const RuleNode& node, const LinearShare& share,
                                             Denominators& denominators,
                                             std::span<const float> outgoing, std::size_t count,
                                             std::size_t pieces, std::span<float> incoming);

}  // namespace relcam
