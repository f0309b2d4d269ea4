#pragma once

#include "graph/graph.h"

namespace relcam {

/// MatMul by a constant matrix, followed by Add of one constant per column, becomes one node: Gemm
/// where the other operand is a matrix, else MatMul with the bias as a third input, which only this
/// writes.
void merge_matmul_bias(Graph& graph);

}  // namespace relcam
