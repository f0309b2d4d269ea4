#pragma once

#include "graph/graph.h"

namespace relcam {

/// Decides once how every rank-4 value is stored and rewrites the graph to it: what a Spatial op
/// reads or writes becomes ChannelsLast, Follow ops join it, Plain ops get ONNX order. Inserts
/// Transpose nodes (Reshape where no byte moves) only where the two meet; a Transpose of the model
/// that amounts to such a conversion becomes an Identity. Afterwards Value::shape is physical and
/// Transpose permutes physical axes.
void choose_layout(Graph& graph);

}  // namespace relcam
