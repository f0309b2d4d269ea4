#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// Relevance passes unchanged to the first wanted input of the output's size: activations, and
/// elementwise operations with constants.
std::unique_ptr<Rule> make_pass_rule();

/// All relevance of a product goes to the signal (the largest input), none to its gates.
std::unique_ptr<Rule> make_signal_rule();

}  // namespace relcam
