#pragma once

#include <memory>

#include "rules/rule.h"

namespace relcam {

/// Relevance through a BatchNormalization kept as a node, as the official Relevance-CAM code does
/// it: R * (a k) / (a k + 1e-9), which is R but for inputs (or scales) that are exactly 0. The code
/// forms k with the squared variance; the factor differs from 1 only where |a k| nears 1e-9, so the
/// operation's own scale serves.
std::unique_ptr<Rule> make_diagonal_rule();

}  // namespace relcam
