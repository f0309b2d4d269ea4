#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// ArgMax, ArgMin and TopK: which elements of an axis are largest.

Kind kind(const NodeView&) { return Kind::Blind; }

bool seeks_smallest(const NodeView& view) {
  return view.node.op_type == "ArgMin" ||
         (view.node.op_type == "TopK" && view.node.integer("largest", 1) == 0);
}

std::size_t axis_of(const NodeView& view) {
  const std::int64_t fallback = view.node.op_type == "TopK" ? -1 : 0;
  return checked_axis(view, view.node.integer("axis", fallback), view.input_shape(0).size());
}

std::vector<InferredValue> infer_arg(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const std::size_t axis = axis_of(view);
  Shape output = view.input_shape(0);
  if (output[axis] == 0) refuse(view, "its axis is empty");
  output[axis] = 1;
  if (view.node.integer("keepdims", 1) == 0) {
    output.erase(output.begin() + static_cast<std::ptrdiff_t>(axis));
  }
  return one_output(view, std::move(output), DType::Int64);
}

std::int64_t count_of(const NodeView& view) {
  std::int64_t count = view.node.integer("k", -1);
  if (view.graph.opset >= 10) {
    const std::vector<std::int64_t> list = constant_integers(view, 1, "K", {});
    count = list.size() == 1 ? list.front() : -1;
  }
  if (count < 0 || count > view.input_shape(0)[axis_of(view)]) {
    refuse(view, "its K should be between 0 and the length of its axis");
  }
  return count;
}

std::vector<InferredValue> infer_top_k(const NodeView& view) {
  expect_inputs(view, view.graph.opset >= 10 ? 2 : 1, view.graph.opset >= 10 ? 2 : 1);
  expect_outputs(view, 2);
  Shape output = view.input_shape(0);
  output[axis_of(view)] = count_of(view);
  return {{output, view.input(0).dtype}, {output, DType::Int64}};
}

/// Calls visit(line, ranks) for each line along the axis: its elements' positions on the axis, best
/// first, equal ones in order (the last first if the node says so), NaN last. `line` is the offset
/// of its first element.
template <typename Visit>
void for_ranked_lines(const NodeView& view, const std::vector<float>& data, Visit&& visit) {
  const Shape& shape = view.input_shape(0);
  const std::size_t axis = axis_of(view);
  const auto stride = static_cast<std::size_t>(row_major_strides(shape)[axis]);
  const auto extent = static_cast<std::size_t>(shape[axis]);
  const float sign = seeks_smallest(view) ? -1.0F : 1.0F;
  const std::int64_t order = view.node.integer("select_last_index", 0) != 0 ? -1 : 1;
  const auto key = [&](std::size_t line, std::int64_t position) {
    const float value = sign * data[line + static_cast<std::size_t>(position) * stride];
    const float merit = std::isnan(value) ? -std::numeric_limits<float>::infinity() : value;
    return std::pair(-merit, order * position);
  };
  std::vector<std::int64_t> ranks(extent);
  for (std::size_t line = 0; line < data.size(); ++line) {
    if (line / stride % extent != 0) continue;
    std::iota(ranks.begin(), ranks.end(), 0);
    std::ranges::sort(ranks, {}, [&](std::int64_t position) { return key(line, position); });
    visit(line, ranks);
  }
}

std::vector<Constant> fold_arg(const NodeView& view) {
  std::vector<std::int64_t> winners;
  for_ranked_lines(view, view.constant(0)->floats(),
                   [&](std::size_t, const std::vector<std::int64_t>& ranks) {
                     winners.push_back(ranks.front());
                   });
  return {Constant::from_ints(infer_arg(view).front().shape, std::move(winners))};
}

std::vector<Constant> fold_top_k(const NodeView& view) {
  const Shape output = infer_top_k(view).front().shape;
  const Shape& input = view.input_shape(0);
  const std::size_t axis = axis_of(view);
  const auto stride = static_cast<std::size_t>(row_major_strides(input)[axis]);
  const auto extent = static_cast<std::size_t>(input[axis]);
  const auto count = static_cast<std::size_t>(count_of(view));
  const std::vector<float> data = view.constant(0)->floats();
  std::vector<float> values(element_count(output));
  std::vector<std::int64_t> indices(values.size());
  for_ranked_lines(view, data, [&](std::size_t line, const std::vector<std::int64_t>& ranks) {
    const std::size_t first = line / (stride * extent) * (stride * count) + line % stride;
    for (std::size_t i = 0; i < count; ++i) {
      values[first + i * stride] = data[line + static_cast<std::size_t>(ranks[i]) * stride];
      indices[first + i * stride] = ranks[i];
    }
  });
  const Constant floats = Constant::from_floats(output, std::move(values));
  const bool floating = is_floating(view.input(0).dtype);
  return {floating ? floats : Constant::from_ints(output, floats.ints()),
          Constant::from_ints(output, std::move(indices))};
}

}  // namespace

std::span<const Op> ranking_ops() {
  static const std::array ops = {
      Op{.type = "ArgMax", .kind = kind, .infer = infer_arg, .fold = fold_arg},
      Op{.type = "ArgMin", .kind = kind, .infer = infer_arg, .fold = fold_arg},
      Op{.type = "TopK", .kind = kind, .infer = infer_top_k, .fold = fold_top_k},
  };
  return ops;
}

}  // namespace relcam
