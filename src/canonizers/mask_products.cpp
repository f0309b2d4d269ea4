#include "canonizers/mask_products.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ops/op.h"

namespace relcam {
namespace {

/// The truth value that a node casts to a number; none if it does something else.
ValueId cast_truth(const NodeView& view) {
  const bool casts = view.node.op_type == "Cast" || view.node.op_type == "CastLike";
  if (!casts || !view.node.domain.empty() || view.constant(0) != nullptr) return kNoValue;
  const bool is_mask = view.input(0).dtype == DType::Bool && is_floating(view.output(0).dtype);
  return is_mask ? view.node.inputs[0] : kNoValue;
}

void choose_by(Graph& graph, Node& product, std::size_t mask, ValueId truth) {
  Value zero;
  zero.constant = Constant::from_floats({}, {0.0F});
  zero.shape = Shape{};
  const ValueId masked = product.inputs[1 - mask];
  product.op_type = "Where";
  product.inputs = {truth, masked, graph.add_value(std::move(zero))};
}

}  // namespace

void mask_products(Graph& graph) {
  std::vector<ValueId> truths(graph.values.size(), kNoValue);
  const auto truth_of = [&truths](ValueId value) {
    return value == kNoValue ? kNoValue : truths[static_cast<std::size_t>(value)];
  };
  for (Node& node : graph.nodes) {
    const ValueId cast = cast_truth({graph, node});
    if (cast != kNoValue) truths[static_cast<std::size_t>(node.outputs[0])] = cast;
    if (node.op_type != "Mul" || !node.domain.empty()) continue;
    const auto mask = std::ranges::find_if(
        node.inputs, [&](ValueId input) { return truth_of(input) != kNoValue; });
    if (mask == node.inputs.end()) continue;
    const auto at = static_cast<std::size_t>(mask - node.inputs.begin());
    choose_by(graph, node, at, truth_of(*mask));
  }
}

}  // namespace relcam
