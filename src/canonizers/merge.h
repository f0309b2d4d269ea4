#pragma once

#include "base/function_ref.h"
#include "graph/graph.h"

namespace relcam {

/// Lets `merge` put each node that is the only reader of its producer into that producer. Called as
/// merge(producer, reader) for pairs whose nodes have one output each and whose shared value is no
/// graph output; it rewrites the producer (values may be added, nodes not) and returns true, or
/// leaves both alone. Afterwards the producer computes the reader's output, the reader is gone, and
/// the value between them is noted in Graph::removed.
void merge_pairs(Graph& graph, FunctionRef<bool(Node& producer, const Node& reader)> merge);

}  // namespace relcam
