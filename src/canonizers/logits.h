#pragma once

#include "graph/graph.h"

namespace relcam {

/// The value that relevance starts from: the first graph output, or what a final Softmax,
/// LogSoftmax, ArgMax or TopK reads, found through nodes that only reshape.
ValueId logits_value(const Graph& graph);

}  // namespace relcam
