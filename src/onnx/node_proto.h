#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "onnx/protobuf.h"
#include "onnx/tensor_proto.h"

namespace relcam {

using Attributes = std::map<std::string, Attribute, std::less<>>;

/// A NodeProto as it lies in the file. Names are empty for omitted tensors.
struct NodeMessage {
  std::string_view op_type;
  std::string_view domain;  ///< empty for ai.onnx
  std::string_view overload;
  std::string_view name;  ///< the first output's where the file has none
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<protozero::data_view> attributes;
};

/// The default domain's two spellings are one.
inline std::string_view normalized_domain(std::string_view domain) {
  return domain == "ai.onnx" ? std::string_view() : domain;
}

/// Throws InvalidModel for a node without an operator type.
NodeMessage read_node(protozero::data_view message);

/// The node's attributes; those that refer to a parameter of the surrounding function take its
/// value, or are left out where it has none. `parameters` is null outside of functions. Subgraphs
/// and type attributes are left out. Throws InvalidModel for attributes that contradict their own
/// type.
Attributes read_attributes(const NodeMessage& node, const TensorSources& sources,
                           const Attributes* parameters);

/// Adds the attributes that `given` lacks.
void add_defaults(const std::vector<protozero::data_view>& defaults, const TensorSources& sources,
                  Attributes& given);

/// The GraphProto that the node holds as this attribute.
std::optional<protozero::data_view> subgraph_of(const NodeMessage& node,
                                                std::string_view attribute);

/// The tensor of a Constant node, from whichever of its attributes is given.
Constant constant_of(const Node& node);

}  // namespace relcam
