#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "ops/op.h"

namespace relcam {

/// A node written as simpler ones: functions of the ONNX standard, old forms, quantised twins. They
/// exist once, as the operators they are made of, and have no kernels and rules of their own. The
/// nodes are valid in the graph's opset; the last one gives the original node's output.
class Decomposition {
 public:
  using Attributes = std::map<std::string, Attribute, std::less<>>;

  explicit Decomposition(const NodeView& original) : original_(original) {}

  const NodeView& original() const { return original_; }
  /// Input i of the original node.
  ValueId input(std::size_t i) const { return original_.node.inputs.at(i); }

  /// Adds a node with one output and returns that.
  ValueId add(std::string_view type, std::vector<ValueId> inputs, Attributes attributes = {});
  /// Adds the node that gives output `output` of the original one, under its name.
  void finish(std::string_view type, std::vector<ValueId> inputs, Attributes attributes = {},
              std::size_t output = 0);

  ValueId constant(Constant constant);
  ValueId number(float value);
  ValueId integers(std::vector<std::int64_t> values);

  ValueId reshaped(ValueId x, Shape shape);
  ValueId transposed(ValueId x, std::vector<std::int64_t> permutation);
  /// x reduced by `type` over some axes, in the form that the opset has.
  ValueId reduced(std::string_view type, ValueId x, std::vector<std::int64_t> axes,
                  bool keep_dimensions = true);
  /// Zeros added before and after every axis (negative: elements cut off); `pads` as ONNX has them.
  ValueId padded(ValueId x, std::vector<std::int64_t> pads);
  ValueId clipped_from_below(ValueId x, float least);
  /// Elements of the flattened `sources`, joined one after the other, at `indices`: gives output 0.
  void finish_selected(const std::vector<ValueId>& sources, std::vector<std::int64_t> indices,
                       Shape shape);

  /// Hands over the nodes, and their values to `graph`, of which the original node's view is.
  std::vector<Node> commit(Graph& graph) &&;

 private:
  ValueId add_value(Value value);
  Node& add_node(std::string_view type, std::vector<ValueId> inputs, Attributes attributes);

  NodeView original_;
  std::vector<Value> values_;
  std::vector<Node> nodes_;
};

/// The number of elements of a result that finish_selected is to give; refuses more than any
/// classifier's tensors have.
std::size_t selected_count(const NodeView& view, const Shape& shape);

/// Calls visit(i, coordinates) for the elements of a row-major tensor in order.
void for_each_element(const Shape& shape,
                      FunctionRef<void(std::size_t, const std::vector<std::int64_t>&)> visit);

}  // namespace relcam
