#pragma once

#include <memory>

#include "rules/linear_share.h"

namespace relcam {

/// Residual sums: input i of y = sum_i x_i receives R * x_i / y, with signs, so that shares may
/// have opposite signs and add up to R (Relevance-CAM, Lee et al. 2021; zennit's Norm rule with a
/// signed stabilizer).
std::unique_ptr<Rule> make_sum_rule(Stabilizer stabilizer);

}  // namespace relcam
