#include <array>

#include "base/error.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

std::size_t axis_of(const NodeView& view) {
  const Constant& axis = required_constant(view, 1, "axis");
  if (axis.size() != 1 || is_floating(axis.dtype())) refuse(view, "its axis should be an integer");
  return checked_axis(view, axis.ints().front(), view.input_shape(0).size());
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 2);
  axis_of(view);
  return one_output(view, view.input_shape(0), view.input(0).dtype);
}

template <typename T>
Constant summed(const NodeView& view, Elements<T> data) {
  const std::size_t axis = axis_of(view);
  const auto stride = static_cast<std::size_t>(row_major_strides(data.shape)[axis]);
  const auto extent = static_cast<std::size_t>(data.shape[axis]);
  const bool reverse = view.node.integer("reverse", 0) != 0;
  const bool exclusive = view.node.integer("exclusive", 0) != 0;
  for (std::size_t first = 0; first < data.values.size(); ++first) {
    if (first / stride % extent != 0) continue;
    T sum{};
    for (std::size_t i = 0; i < extent; ++i) {
      T& element = data.values[first + (reverse ? extent - 1 - i : i) * stride];
      const T next = AddElements{}(sum, element);
      element = exclusive ? sum : next;
      sum = next;
    }
  }
  return to_constant(std::move(data));
}

std::vector<Constant> fold(const NodeView& view) {
  const Constant& data = *view.constant(0);
  if (is_floating(data.dtype())) return {summed(view, floats_of(data))};
  return {summed(view, integers_of(data))};
}

}  // namespace

std::span<const Op> cum_sum_ops() {
  static const std::array ops = {Op{.type = "CumSum", .kind = kind, .infer = infer, .fold = fold}};
  return ops;
}

}  // namespace relcam
