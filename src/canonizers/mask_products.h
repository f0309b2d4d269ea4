#pragma once

#include "graph/graph.h"

namespace relcam {

/// Writes a product with a live truth value that was cast to a number as a Where, so that relevance
/// goes to what the mask lets through and nothing of it to the mask. Expects shapes to be inferred.
void mask_products(Graph& graph);

}  // namespace relcam
