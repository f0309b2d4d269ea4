#pragma once

#include "graph/graph.h"

namespace relcam {

/// LayerNorm and RMSNorm that exporters write out in pieces become LayerNormalization and
/// RMSNormalization, with their scale and shift where these are constants. Over the channels of an
/// image, the operator stands between two Transposes, which choose_layout makes cost nothing.
void fuse_normalizations(Graph& graph);

}  // namespace relcam
