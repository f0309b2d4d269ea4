#pragma once

#include "graph/graph.h"

namespace relcam {

/// MatMul of a rank-2 value by a constant matrix, followed by Add of one constant per column,
/// becomes Gemm.
void merge_matmul_bias(Graph& graph);

}  // namespace relcam
