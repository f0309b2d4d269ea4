#pragma once

#include "graph/graph.h"

namespace relcam {

/// Throws UnsupportedOperator when the graph, after folding and removal of dead nodes, still needs
/// operators that are not registered, not runnable, or not in the form that the node asks for. One
/// message lists them all with their nodes.
void check_operators(const Graph& graph);

}  // namespace relcam
