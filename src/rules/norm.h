#pragma once

#include <memory>

#include "rules/linear_share.h"

namespace relcam {

/// For sums and averages y = f(x_1, x_2, ...): input i receives x_i * (f_i^T (R / stabilized(y))).
/// In residual sums that is R * x_i / y with signs, so that shares may have opposite signs and add
/// up to R (Relevance-CAM, Lee et al. 2021; with a signed stabilizer zennit's Norm rule).
std::unique_ptr<Rule> make_norm_rule(Stabilizer stabilizer);

}  // namespace relcam
