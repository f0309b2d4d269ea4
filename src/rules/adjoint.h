#pragma once

#include <memory>
#include <string>

#include "rules/rule.h"

namespace relcam {

/// The transposed Jacobian: the gradient, and for index maps and winners the way relevance travels.
/// `drop_zero_outputs`: relevance of outputs that are exactly 0 is lost (the official Relevance-CAM
/// code divides by the pooled value).
std::unique_ptr<Rule> make_adjoint_rule(std::string name, bool conserves,
                                        bool drop_zero_outputs = false);

}  // namespace relcam
