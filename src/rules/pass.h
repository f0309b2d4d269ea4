#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// Relevance passes unchanged to the first input of the output's size: elementwise operations of
/// one live value, normalizations, and gates. Serves no others.
std::unique_ptr<Rule> make_pass_rule();

/// All relevance of a product goes to the signal (the largest input), none to its gates.
std::unique_ptr<Rule> make_signal_rule();

}  // namespace relcam
