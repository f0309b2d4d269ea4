#include <array>
#include <utility>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

std::size_t axis_of(const NodeView& view) {
  return checked_axis(view, view.node.integer("axis", 0), view.input_shape(0).size());
}

/// Positions on the axis, all in [0, extent).
std::vector<std::int64_t> indices_of(const NodeView& view) {
  const std::int64_t extent = view.input_shape(0)[axis_of(view)];
  const Constant& constant = required_constant(view, 1, "indices");
  if (is_floating(constant.dtype())) refuse(view, "its indices should be integers");
  std::vector<std::int64_t> indices = constant.ints();
  for (std::int64_t& index : indices) index = checked_index(view, index, extent);
  return indices;
}

/// The axis gives way to the axes of the indices.
std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 2);
  const auto axis = static_cast<std::ptrdiff_t>(axis_of(view));
  indices_of(view);
  const Shape& indices = view.input_shape(1);
  Shape output = view.input_shape(0);
  output.erase(output.begin() + axis);
  output.insert(output.begin() + axis, indices.begin(), indices.end());
  return one_output(view, std::move(output), view.input(0).dtype);
}

IndexMap map_of(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const std::vector<std::int64_t> strides = row_major_strides(input);
  std::vector<IndexMap::Axis> axes;
  for (std::size_t i = 0; i < input.size(); ++i) {
    axes.push_back({.count = input[i], .stride = strides[i]});
  }
  const std::size_t axis = axis_of(view);
  std::vector<std::int64_t> offsets = indices_of(view);
  for (std::int64_t& offset : offsets) offset *= strides[axis];
  axes[axis].count = static_cast<std::int64_t>(offsets.size());
  axes[axis].offsets = std::move(offsets);
  return IndexMap(std::move(axes));
}

bool keeps_rank(const NodeView& view) { return view.input_shape(1).size() == 1; }

}  // namespace

std::span<const Op> gather_ops() {
  static const std::array ops = {
      Op{.type = "Gather",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .follows = keeps_rank,
         .infer = infer,
         .permute_axes = [](Graph& graph, Node& node) { permute_axis_attribute(graph, node, 0); },
         .fold = fold_gathering<infer, map_of>,
         .prepare = prepare_gathering<map_of>,
         .non_negative = route_is_non_negative}};
  return ops;
}

}  // namespace relcam
