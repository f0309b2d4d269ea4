#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// The node's output is taken for a constant: what relevance arrives is lost as a bias's is, none
/// goes on (the softmax of attention in CP-LRP, Ali et al. 2022).
std::unique_ptr<Rule> make_constant_rule();

}  // namespace relcam
