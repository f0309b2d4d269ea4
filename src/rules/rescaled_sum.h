#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// Residual sums y = x_1 + x_2 of Transformer-Explainability (Chefer et al. 2021, section 3.1):
/// signed shares p_i = x_i * R / (y + 1e-9), after which each operand's are scaled as a whole, so
/// that their sum becomes sum(R) * |sum p_i| / sum_k |sum p_k|. A constant operand's part is its
/// bias. Not linear in what arrives.
std::unique_ptr<Rule> make_rescaled_sum_rule();

}  // namespace relcam
