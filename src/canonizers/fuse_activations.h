#pragma once

#include "graph/graph.h"

namespace relcam {

/// Activation functions that exporters write out in pieces become one operator each: Gelu (exact
/// and by tanh), Swish, HardSwish, Softplus and Mish. Relevance passes through them as a whole;
/// through the pieces, of which some are products of two live values, it would not.
void fuse_activations(Graph& graph);

}  // namespace relcam
