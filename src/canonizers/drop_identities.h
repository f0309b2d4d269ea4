#pragma once

#include "graph/graph.h"

namespace relcam {

/// Removes nodes that pass their first input on unchanged (see identity.h). The names of their
/// outputs become aliases; names of graph inputs and outputs stay what they are.
void drop_identities(Graph& graph);

}  // namespace relcam
