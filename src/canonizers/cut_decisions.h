#pragma once

#include "graph/graph.h"

namespace relcam {

/// Outputs that only rank the classes (a final ArgMax, ArgMin or TopK of live values, through nodes
/// that reshape or cast) give way to the scores that they rank, which explanations start from.
void cut_decisions(Graph& graph);

}  // namespace relcam
