#include "canonizers/choose_layout.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "canonizers/channels_last.h"
#include "ops/op.h"

namespace relcam {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

bool is_image(const Value& value) {
  return !value.constant && value.shape && value.shape->size() == 4;
}

bool is_transpose(const Node& node) { return node.op_type == "Transpose" && node.domain.empty(); }

std::vector<std::int64_t> to_integers(const Permutation& permutation) {
  return {permutation.begin(), permutation.end()};
}

/// ONNX axis at each physical position.
const Permutation& axes_of(Layout layout) {
  return layout == Layout::ChannelsLast ? kToChannelsLast : kUnchanged;
}

/// What an ONNX permutation is in physical axes: result[k] is the input's physical axis that
/// becomes the output's physical axis k.
Permutation physical(const Permutation& permutation, Layout from, Layout to) {
  const Permutation& from_axes = axes_of(from);
  Permutation result{};
  for (std::size_t k = 0; k < 4; ++k) {
    const std::size_t axis = permutation[axes_of(to)[k]];
    result[k] = static_cast<std::size_t>(std::ranges::find(from_axes, axis) - from_axes.begin());
  }
  return result;
}

Permutation permutation_of(const Node& transpose) {
  const std::vector<std::int64_t> axes = transpose.integers("perm", {3, 2, 1, 0});
  Permutation permutation{};
  for (std::size_t i = 0; i < 4; ++i) permutation[i] = normalized_axis(axes.at(i), 4);
  return permutation;
}

/// First pass, on ONNX shapes: which values and nodes are channels-last.
class LayoutDecision {
 public:
  explicit LayoutDecision(const Graph& graph)
      : graph_(graph), wanted_(graph.values.size(), false), chosen_(graph.values.size(), false) {
    for (std::size_t i = graph.nodes.size(); i-- > 0;) want_inputs(graph.nodes[i]);
    for (const ValueId id : graph.inputs) choose(id, wanted_[index_of(id)]);
    for (const Node& node : graph.nodes) decide(node);
  }

  bool is_channels_last(ValueId id) const { return chosen_[index_of(id)]; }
  bool is_channels_last(const Node& node) const { return takes_channels_last(node, chosen_); }

 private:
  const Op& op_of(const Node& node) const {
    const Op* op = find_op(node.op_type, node.domain);
    if (op != nullptr) return *op;
    throw Error(ErrorCode::Internal, "no operator " + node.op_type, node.name);
  }

  bool can_follow(const Op& op, const Node& node) const {
    const auto fits = [this](ValueId id) {
      return id == kNoValue || graph_.value(id).constant || is_image(graph_.value(id));
    };
    return op.layout == LayoutPolicy::Follow && std::ranges::all_of(node.inputs, fits) &&
           (op.follows == nullptr || op.follows(NodeView{graph_, node}));
  }

  bool is_spatial(const Op& op, const Node& node) const {
    return op.layout == LayoutPolicy::Spatial && !node.inputs.empty() &&
           node.inputs[0] != kNoValue && is_image(graph_.value(node.inputs[0]));
  }

  /// Whether a node works on channels-last data, given which values are such.
  bool takes_channels_last(const Node& node, const std::vector<bool>& is_last) const {
    const Op& op = op_of(node);
    if (is_spatial(op, node)) return true;
    const auto last = [&is_last](ValueId id) { return id != kNoValue && is_last[index_of(id)]; };
    return std::ranges::any_of(node.inputs, last) && can_follow(op, node);
  }

  void want_inputs(const Node& node) {
    const Op& op = op_of(node);
    if (is_spatial(op, node)) {
      wanted_[index_of(node.inputs[0])] = true;
      return;
    }
    const auto wanted = [this](ValueId id) { return id != kNoValue && wanted_[index_of(id)]; };
    if (!std::ranges::any_of(node.outputs, wanted) || !can_follow(op, node)) return;
    for (const ValueId id : node.inputs) {
      if (id != kNoValue && is_image(graph_.value(id))) wanted_[index_of(id)] = true;
    }
  }

  void decide(const Node& node) {
    const bool is_last = is_transpose(node) ? false : takes_channels_last(node, chosen_);
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      choose(id, is_transpose(node) ? wanted_[index_of(id)] : is_last);
    }
  }

  void choose(ValueId id, bool channels_last) {
    chosen_[index_of(id)] = channels_last && is_image(graph_.value(id));
  }

  const Graph& graph_;
  std::vector<bool> wanted_;
  std::vector<bool> chosen_;
};

/// Second pass: stores the values as decided and rewrites the nodes to it.
class LayoutRewrite {
 public:
  explicit LayoutRewrite(Graph& graph) : graph_(graph), decision_(graph) {}

  void run() {
    std::vector<Node> nodes = std::exchange(graph_.nodes, {});
    std::vector<bool> is_last;
    for (Node& node : nodes) {
      is_last.push_back(!is_transpose(node) && decision_.is_channels_last(node));
      if (is_last.back()) permute_parameters(node);
    }
    store_values();
    for (std::size_t i = 0; i < nodes.size(); ++i) rewrite(std::move(nodes[i]), is_last[i]);
  }

 private:
  /// Axis attributes and broadcast constants of a Follow op, while shapes are still ONNX ones.
  void permute_parameters(Node& node) {
    const Op& op = *find_op(node.op_type, node.domain);
    if (op.layout != LayoutPolicy::Follow) return;
    if (op.permute_axes != nullptr) {
      op.permute_axes(graph_, node);
      return;
    }
    for (ValueId& id : node.inputs) {
      if (id != kNoValue && graph_.value(id).constant) id = broadcast_constant(id);
    }
  }

  /// A constant that broadcasts against NCHW, permuted to broadcast against NHWC.
  ValueId broadcast_constant(ValueId id) {
    if (const auto known = permuted_constants_.find(id); known != permuted_constants_.end()) {
      return known->second;
    }
    const Constant& constant = *graph_.value(id).constant;
    if (constant.size() == 1 || constant.shape().size() > 4) return id;
    Shape shape(4 - constant.shape().size(), 1);
    shape.insert(shape.end(), constant.shape().begin(), constant.shape().end());
    Value value;
    value.constant = permuted(constant.reshaped(std::move(shape)), kToChannelsLast);
    value.shape = value.constant->shape();
    value.dtype = value.constant->dtype();
    const ValueId result = graph_.add_value(std::move(value));
    permuted_constants_.emplace(id, result);
    return result;
  }

  void store_values() {
    const std::size_t count = graph_.values.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (is_decided_channels_last(static_cast<ValueId>(i))) make_channels_last(graph_.values[i]);
    }
  }

  /// Constants that permute_parameters added are not part of the decision.
  bool is_decided_channels_last(ValueId id) const {
    return is_image(graph_.value(id)) && decision_.is_channels_last(id);
  }

  static void make_channels_last(Value& value) {
    value.shape = permuted(*value.shape, kToChannelsLast);
    value.layout = Layout::ChannelsLast;
  }

  void rewrite(Node node, bool is_last) {
    if (is_transpose(node) && is_image(graph_.value(node.inputs.at(0)))) {
      rewrite_transpose(std::move(node));
      return;
    }
    const bool is_spatial = find_op(node.op_type, node.domain)->layout == LayoutPolicy::Spatial;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool wants_last = is_last && (i == 0 || !is_spatial);
      node.inputs[i] = stored_as(node.inputs[i], wants_last ? Layout::ChannelsLast : Layout::Plain);
    }
    graph_.nodes.push_back(std::move(node));
  }

  void rewrite_transpose(Node node) {
    const Value& from = graph_.value(node.inputs[0]);
    const Value& to = graph_.value(node.outputs.at(0));
    const Permutation permutation = physical(permutation_of(node), from.layout, to.layout);
    graph_.nodes.push_back(move_axes(node.name, node.inputs[0], node.outputs[0], permutation));
  }

  /// A node that writes `to` as `from` with its physical axes permuted, by the cheapest operator.
  Node move_axes(const std::string& name, ValueId from, ValueId to,
                 const Permutation& permutation) {
    Node node;
    node.name = name;
    node.inputs = {from};
    node.outputs = {to};
    if (permutation == kUnchanged) {
      node.op_type = "Identity";
    } else if (keeps_bytes(*graph_.value(from).shape, permutation)) {
      node.op_type = "Reshape";
      node.inputs.push_back(shape_constant(*graph_.value(to).shape));
    } else {
      node.op_type = "Transpose";
      node.attributes.emplace("perm", to_integers(permutation));
    }
    return node;
  }

  ValueId shape_constant(const Shape& shape) {
    Value value;
    value.shape = Shape{static_cast<std::int64_t>(shape.size())};
    value.dtype = DType::Int64;
    value.constant = Constant::from_ints(*value.shape, shape);
    return graph_.add_value(std::move(value));
  }

  /// `id` itself, or its copy in the other layout.
  ValueId stored_as(ValueId id, Layout layout) {
    if (id == kNoValue || !is_image(graph_.value(id)) || graph_.value(id).layout == layout) {
      return id;
    }
    if (const auto known = converted_.find(id); known != converted_.end()) return known->second;
    const bool to_last = layout == Layout::ChannelsLast;
    const Permutation& permutation = to_last ? kToChannelsLast : kToChannelsFirst;
    Value value;
    value.dtype = graph_.value(id).dtype;
    value.layout = layout;
    value.shape = permuted(*graph_.value(id).shape, permutation);
    const std::string name =
        graph_.value(id).name + (to_last ? " as channels-last" : " as channels-first");
    const ValueId result = graph_.add_value(std::move(value));
    graph_.nodes.push_back(move_axes(name, id, result, permutation));
    converted_.emplace(id, result);
    return result;
  }

  Graph& graph_;
  LayoutDecision decision_;
  std::map<ValueId, ValueId> permuted_constants_;
  std::map<ValueId, ValueId> converted_;
};

}  // namespace

void choose_layout(Graph& graph) { LayoutRewrite(graph).run(); }

}  // namespace relcam
