#pragma once

#include "graph/graph.h"

namespace relcam {

/// Reshape, Transpose and Reshape that interleave groups of channels (ShuffleNet) become one Gather
/// along the channels, which images stored channels-last need not be converted for.
void fuse_channel_shuffle(Graph& graph);

}  // namespace relcam
