#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"
#include "ops/slice_ranges.h"

namespace relcam {
namespace {

/// Attributes before opset 10, inputs since.
struct Parameters {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> ends;
  std::vector<std::int64_t> axes;
  std::vector<std::int64_t> steps;
};

Parameters parameters_of(const NodeView& view) {
  const auto list = [&](std::string_view name, std::size_t input) {
    return attribute_or_input(view, name, 10, input, {});
  };
  Parameters parameters{list("starts", 1), list("ends", 2), list("axes", 3), {}};
  const std::size_t count = parameters.starts.size();
  if (view.graph.opset >= 10) parameters.steps = list("steps", 4);
  if (parameters.steps.empty()) parameters.steps.assign(count, 1);
  if (parameters.axes.empty()) {
    parameters.axes.resize(count);
    std::iota(parameters.axes.begin(), parameters.axes.end(), 0);
  }
  if (parameters.ends.size() != count || parameters.axes.size() != count ||
      parameters.steps.size() != count) {
    refuse(view, "its starts, ends, axes and steps differ in number");
  }
  return parameters;
}

SliceRange range_of(const NodeView& view, std::int64_t start, std::int64_t end, std::int64_t step,
                    std::int64_t extent) {
  if (step == 0) refuse(view, "its step is 0");
  // No axis is longer than kMaxElements, so that longer steps and positions mean the same.
  step = std::clamp(step, -kMaxElements, kMaxElements);
  const auto position = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
    at = std::clamp(at, -2 * kMaxElements, 2 * kMaxElements);
    return std::clamp(at < 0 ? at + extent : at, low, high);
  };
  if (step > 0) {
    const std::int64_t begin = position(start, 0, extent);
    const std::int64_t length = std::max<std::int64_t>(0, position(end, 0, extent) - begin);
    return {begin, (length + step - 1) / step, step};
  }
  const std::int64_t begin = position(start, -1, extent - 1);
  const std::int64_t length = std::max<std::int64_t>(0, begin - position(end, -1, extent - 1));
  return {begin, (length - step - 1) / -step, step};
}

}  // namespace

std::vector<SliceRange> slice_ranges(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  std::vector<SliceRange> ranges;
  for (const std::int64_t extent : input) ranges.push_back({0, extent, 1});
  const Parameters parameters = parameters_of(view);
  checked_axes(view, parameters.axes, input.size());
  for (std::size_t i = 0; i < parameters.axes.size(); ++i) {
    const std::size_t axis = checked_axis(view, parameters.axes[i], input.size());
    ranges[axis] =
        range_of(view, parameters.starts[i], parameters.ends[i], parameters.steps[i], input[axis]);
  }
  return ranges;
}

namespace {

std::vector<InferredValue> infer(const NodeView& view) {
  if (view.graph.opset >= 10) {
    expect_inputs(view, 3, 5);
  } else {
    expect_inputs(view, 1, 1);
  }
  Shape output;
  for (const SliceRange& range : slice_ranges(view)) output.push_back(range.count);
  return one_output(view, std::move(output), view.input(0).dtype);
}

IndexMap map_of(const NodeView& view) {
  const std::vector<std::int64_t> strides = row_major_strides(view.input_shape(0));
  const std::vector<SliceRange> ranges = slice_ranges(view);
  std::vector<IndexMap::Axis> axes;
  std::int64_t origin = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    origin += ranges[i].begin * strides[i];
    axes.push_back({.count = ranges[i].count, .stride = ranges[i].step * strides[i]});
  }
  return IndexMap(std::move(axes), origin);
}

void permute_axes(Graph& graph, Node& node) {
  const NodeView view{graph, node};
  std::vector<std::int64_t> axes = parameters_of(view).axes;
  for (std::int64_t& axis : axes) axis = channels_last_axis(view, axis);
  if (graph.opset >= 10) {
    replace_constant_input(graph, node, 3, std::move(axes));
  } else {
    node.attributes.insert_or_assign("axes", std::move(axes));
  }
}

}  // namespace

std::span<const Op> slice_ops() {
  static const std::array ops = {Op{.type = "Slice",
                                    .kind = route_kind,
                                    .layout = LayoutPolicy::Follow,
                                    .infer = infer,
                                    .permute_axes = permute_axes,
                                    .fold = fold_gathering<infer, map_of>,
                                    .prepare = prepare_gathering<map_of>,
                                    .non_negative = route_is_non_negative}};
  return ops;
}

}  // namespace relcam
