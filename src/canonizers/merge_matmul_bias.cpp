#include "canonizers/merge_matmul_bias.h"

#include "canonizers/merge.h"
#include "ops/op.h"

namespace relcam {
namespace {

bool is_matrix_product(const NodeView& view) {
  return view.node.op_type == "MatMul" && view.node.domain.empty() && view.input_count() == 2 &&
         view.constant(0) == nullptr && view.input_shape(0).size() >= 2 &&
         view.constant(1) != nullptr && view.constant(1)->shape().size() == 2;
}

/// The Add's constant operand, if it holds one number per column and leaves the shape as it is.
ValueId bias_of(const NodeView& add, std::int64_t columns) {
  if (add.node.op_type != "Add" || !add.node.domain.empty()) return kNoValue;
  for (std::size_t i = 0; i < add.input_count(); ++i) {
    const Constant* constant = add.constant(i);
    if (constant == nullptr) continue;
    const bool is_row = !constant->shape().empty() && constant->shape().back() == columns &&
                        constant->size() == static_cast<std::size_t>(columns);
    if (is_row && constant->shape().size() <= add.output_shape(0).size()) {
      return add.node.inputs[i];
    }
  }
  return kNoValue;
}

}  // namespace

void merge_matmul_bias(Graph& graph) {
  merge_pairs(graph, [&graph](Node& product, const Node& add) {
    const NodeView view{graph, product};
    if (!is_matrix_product(view)) return false;
    const ValueId bias = bias_of({graph, add}, view.constant(1)->shape()[1]);
    if (bias == kNoValue || graph.value(add.outputs[0]).shape != view.output(0).shape) return false;
    if (view.input_shape(0).size() == 2) product.op_type = "Gemm";
    product.inputs.push_back(bias);
    return true;
  });
}

}  // namespace relcam
