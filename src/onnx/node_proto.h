#pragma once

#include <functional>
#include <string_view>

#include "graph/graph.h"
#include "onnx/protobuf.h"
#include "onnx/tensor_proto.h"

namespace relcam {

/// Turns a tensor name into a value; an empty name stands for an omitted tensor.
using NameLookup = std::function<ValueId(std::string_view name)>;

/// Reads a NodeProto. Subgraphs and type attributes are left out: no operator that takes them is
/// registered, so the check for unsupported operators reports such nodes by name. Throws
/// InvalidModel for attributes that contradict their own type.
Node read_node(protozero::data_view message, const NameLookup& input_of,
               const NameLookup& output_of, const TensorSources& sources);

/// The tensor of a Constant node, from whichever of its attributes is given.
Constant constant_of(const Node& node);

}  // namespace relcam
