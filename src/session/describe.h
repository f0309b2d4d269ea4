#pragma once

#include <vector>

#include "plan/program.h"
#include "relevance/attention.h"
#include "session/session.h"

namespace relcam {

/// Multiply-accumulates of a convolution or matrix product with constant weights; 0 for other
/// nodes.
std::int64_t macs_of(const Program& program, const Node& node);

/// Everything `inspect` shows of a loaded model.
ModelInfo describe(const Program& program, ValueId logits, const std::vector<Attention>& attention);

}  // namespace relcam
