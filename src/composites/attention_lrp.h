#pragma once

#include <vector>

#include "composites/composite.h"

namespace relcam {

/// What `cp-lrp` and `attn-lrp` share: `rows` for attention, gamma at linear nodes, exact shares of
/// sums, normalizations at constant deviation, constants that absorb their part, and the structural
/// rows. In this form relevance is a value times a modified gradient of the score (LXT).
std::vector<CompositeRow> with_attention_lrp_rows(std::vector<CompositeRow> rows,
                                                  const Parameters& parameters);

std::vector<ParameterInfo> attention_lrp_parameters();

}  // namespace relcam
