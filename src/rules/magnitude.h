#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// For sums: input i receives R * |x_i| / sum_k |x_k|. No share changes sign or exceeds R, however
/// nearly the inputs cancel.
std::unique_ptr<Rule> make_magnitude_rule();

}  // namespace relcam
