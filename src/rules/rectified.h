#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// max(gradient, 0) of an activation: only positive gradients of active units travel on (guided
/// backpropagation, Springenberg et al. 2014). Not linear in what arrives.
std::unique_ptr<Rule> make_guided_rule();

/// max(incoming, 0) whatever the unit's own activation (deconvolution, Zeiler and Fergus 2014). Not
/// linear in what arrives.
std::unique_ptr<Rule> make_deconvolution_rule();

}  // namespace relcam
