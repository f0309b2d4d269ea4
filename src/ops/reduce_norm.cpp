#include <array>
#include <limits>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// ReduceL1, ReduceL2, ReduceSumSquare, ReduceLogSum and ReduceLogSumExp: a sum between two
/// functions. Axes are an input since opset 18.

struct Axes {
  std::vector<std::int64_t> list;
  bool keep = true;
};

/// None where there is nothing to reduce: the functions alone remain.
Axes axes_of(const NodeView& view) {
  expect_inputs(view, 1, view.graph.opset >= 18 ? 2 : 1);
  expect_outputs(view, 1);
  const std::size_t rank = view.input_shape(0).size();
  Axes axes{attribute_or_input(view, "axes", 18, 1, {}), view.node.integer("keepdims", 1) != 0};
  const std::vector<std::size_t> checked = checked_axes(view, axes.list, rank);
  axes.list.assign(checked.begin(), checked.end());
  if (!axes.list.empty() || view.node.integer("noop_with_empty_axes", 0) != 0) return axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    axes.list.push_back(static_cast<std::int64_t>(axis));
  }
  return axes;
}

ValueId sum(Decomposition& to, ValueId terms, const Axes& axes) {
  return axes.list.empty() ? terms : to.reduced("ReduceSum", terms, axes.list, axes.keep);
}

bool decompose_l1(Decomposition& to) {
  const Axes axes = axes_of(to.original());
  to.finish("Identity", {sum(to, to.add("Abs", {to.input(0)}), axes)});
  return true;
}

ValueId squares(Decomposition& to, const Axes& axes) {
  return sum(to, to.add("Mul", {to.input(0), to.input(0)}), axes);
}

bool decompose_sum_square(Decomposition& to) {
  to.finish("Identity", {squares(to, axes_of(to.original()))});
  return true;
}

/// The slope of the root is infinite at 0, where the gradient is 0 by the bound.
bool decompose_l2(Decomposition& to) {
  constexpr float kTiny = std::numeric_limits<float>::min();
  to.finish("Sqrt", {to.clipped_from_below(squares(to, axes_of(to.original())), kTiny)});
  return true;
}

bool decompose_log_sum(Decomposition& to) {
  to.finish("Log", {sum(to, to.input(0), axes_of(to.original()))});
  return true;
}

/// log sum exp(x - m) + m with m = max x, so that nothing overflows.
bool decompose_log_sum_exp(Decomposition& to) {
  const NodeView& view = to.original();
  expect_floating(view, 0);
  const Axes axes = axes_of(view);
  if (axes.list.empty()) {
    to.finish("Identity", {to.input(0)});
    return true;
  }
  const ValueId most = to.reduced("ReduceMax", to.input(0), axes.list);
  const ValueId terms = to.add("Exp", {to.add("Sub", {to.input(0), most})});
  const ValueId logarithm = to.add("Log", {to.reduced("ReduceSum", terms, axes.list)});
  const ValueId kept = to.add("Add", {logarithm, most});
  if (axes.keep) {
    to.finish("Identity", {kept});
  } else {
    to.finish("Identity", {to.reduced("ReduceSum", kept, axes.list, false)});
  }
  return true;
}

}  // namespace

std::span<const Op> reduce_norm_ops() {
  static const std::array ops = {
      Op{.type = "ReduceL1", .decompose = decompose_l1},
      Op{.type = "ReduceL2", .decompose = decompose_l2},
      Op{.type = "ReduceSumSquare", .decompose = decompose_sum_square},
      Op{.type = "ReduceLogSum", .decompose = decompose_log_sum},
      Op{.type = "ReduceLogSumExp", .decompose = decompose_log_sum_exp},
  };
  return ops;
}

}  // namespace relcam
