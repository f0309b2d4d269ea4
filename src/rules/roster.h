#pragma once

#include "rules/rule_entry.h"

/// Every rule that users can name, one line each: `X(name)` stands for `RuleEntry name_rule()` in
/// src/rules/name.cpp.
#define RELCAM_RULES(X) \
  X(epsilon) \
  X(z_plus) \
  X(gamma) \
  X(alpha_beta) \
  X(z_box) \
  X(w_square) \
  X(flat) \
  X(norm) \
  X(pass) \
  X(taylor) \
  X(frozen_deviation) \
  X(constant)

namespace relcam {

#define RELCAM_DECLARE_RULE(name) RuleEntry name##_rule();
RELCAM_RULES(RELCAM_DECLARE_RULE)
#undef RELCAM_DECLARE_RULE

}  // namespace relcam
