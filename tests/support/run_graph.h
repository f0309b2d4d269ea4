#pragma once

#include <vector>

#include "graph/graph.h"

namespace relcam::testing {

/// The graph's outputs in ONNX order for its first input in ONNX order, computed node by node. The
/// graph's operators must be runnable and its layouts chosen (see canonize).
std::vector<std::vector<float>> run_graph(const Graph& graph, const std::vector<float>& input);

/// The same for several inputs, in the graph's order.
std::vector<std::vector<float>> run_graph(const Graph& graph,
                                          const std::vector<std::vector<float>>& inputs);

/// The value's shape in ONNX order.
Shape onnx_shape(const Value& value);

}  // namespace relcam::testing
