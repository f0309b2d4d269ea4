#pragma once

#include "graph/graph.h"

namespace relcam {

/// Fills Graph::token_grids: follows the rows and columns of images, one at a time, through the
/// operators by which transformers arrange them. What is not followed (windows of attention, pools
/// over all tokens) has no grid, until a residual sum with a value that has one. Layouts must have
/// been chosen.
void find_token_grids(Graph& graph);

}  // namespace relcam
