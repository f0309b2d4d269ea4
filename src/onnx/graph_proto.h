#pragma once

#include <cstdint>

#include "graph/graph.h"
#include "onnx/function_proto.h"
#include "onnx/protobuf.h"
#include "onnx/read_onnx.h"
#include "onnx/tensor_proto.h"

namespace relcam {

/// Builds a Graph, topologically sorted, from a GraphProto whose fields may come in any order.
/// Calls of `functions` are replaced by their bodies, whose tensors are named CALL/NAME after the
/// call's first output. Branches of If stand in the graph as graph/branch.h says.
///
/// Throws InvalidModel for a graph that makes no sense, for functions that call themselves, and for
/// more than 250,000 nodes or 256 MB of repetitions, which tiny hostile files can ask for.
Graph read_graph(protozero::data_view message, std::int64_t opset, FunctionTable& functions,
                 const TensorSources& sources, const ImportOptions& options);

}  // namespace relcam
