#pragma once

#include "graph/graph.h"

namespace relcam {

/// Set to 1 on a Conv or Gemm that a BatchNormalization was folded into: its bias exists only, or
/// also, because of that.
inline constexpr const char* kFoldedBatchNorm = "relcam.folded_batch_norm";

/// Fills Graph::batch_norms: how many channels of each BatchNormalization have a negative scale.
void note_batch_norms(Graph& graph);

/// Folds each BatchNormalization into the Conv or Gemm whose only reader it is. The folded node
/// computes the normalisation's output; its own output is noted in Graph::removed.
void fold_batch_norm(Graph& graph);

}  // namespace relcam
