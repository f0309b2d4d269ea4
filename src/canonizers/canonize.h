#pragma once

#include "graph/graph.h"
#include "kernels/thread_pool.h"

namespace relcam {

struct CanonizeOptions {
  /// Fold BatchNormalization into the convolution or Gemm before it.
  bool fold_batch_norm = true;
};

/// Rewrites a graph as read into the one that is run: shapes inferred, constants folded, identities
/// and BatchNormalization gone, every operator known, what exporters write in pieces whole again,
/// image layouts chosen. Tensor names of the
/// model stay findable, or Graph::removed says why not.
///
/// Throws InvalidModel for a graph that makes no sense, and UnsupportedOperator naming all
/// operators at once that are needed and unknown.
void canonize(Graph& graph, const CanonizeOptions& options, const ThreadPool& pool);

}  // namespace relcam
