#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// What is added (or, if negative, cut off) before and after each axis of the input.
struct Margins {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
};

constexpr std::string_view kModes[] = {"constant", "reflect", "edge", "wrap"};

std::string mode_of(const NodeView& view) {
  const std::string mode = view.node.text("mode", "constant");
  if (std::ranges::find(kModes, mode) == std::end(kModes)) {
    refuse(view, "its mode '" + mode + "' should be constant, reflect, edge or wrap");
  }
  return mode;
}

/// Axes that `pads` speaks of; all of them before opset 18.
std::vector<std::int64_t> padded_axes(const NodeView& view) {
  std::vector<std::int64_t> axes(view.input_shape(0).size());
  std::iota(axes.begin(), axes.end(), 0);
  return view.graph.opset >= 18 ? constant_integers(view, 3, "axes", axes) : axes;
}

std::vector<std::int64_t> pads_of(const NodeView& view) {
  if (view.graph.opset >= 11) required_constant(view, 1, "pads");
  return attribute_or_input(view, "pads", 11, 1, {});
}

Margins margins_of(const NodeView& view) {
  const std::size_t rank = view.input_shape(0).size();
  const std::vector<std::int64_t> axes = padded_axes(view);
  const std::vector<std::int64_t> pads = pads_of(view);
  checked_axes(view, axes, rank);
  if (pads.size() != 2 * axes.size()) {
    refuse(view, "it has " + std::to_string(pads.size()) + " pads for " +
                     std::to_string(axes.size()) + " axes; two for each are needed");
  }
  Margins margins{std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = checked_axis(view, axes[i], rank);
    margins.before[axis] = pads[i];
    margins.after[axis] = pads[axes.size() + i];
  }
  return margins;
}

float padding_value(const NodeView& view) {
  if (view.graph.opset < 11) return view.node.number("value", 0.0F);
  if (!view.has_input(2)) return 0.0F;
  const Constant& value = required_constant(view, 2, "constant_value");
  if (value.size() != 1) refuse(view, "its constant_value should be a scalar");
  return value.floats().front();
}

/// A mirror needs something to show: one neighbour for each element it reflects.
void check_mode_fits(const NodeView& view, const std::string& mode, std::int64_t extent,
                     std::int64_t margin) {
  const std::int64_t most = mode == "reflect" ? extent - 1 : extent;
  const bool fits =
      mode == "constant" || margin <= 0 || (mode == "edge" ? extent > 0 : margin <= most);
  if (!fits) {
    refuse(view, "its " + mode + " padding of " + std::to_string(margin) + " exceeds an axis of " +
                     std::to_string(extent));
  }
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, view.graph.opset < 11 ? 1 : (view.graph.opset < 18 ? 3 : 4));
  padding_value(view);
  const std::string mode = mode_of(view);
  const Margins margins = margins_of(view);
  Shape output = view.input_shape(0);
  for (std::size_t i = 0; i < output.size(); ++i) {
    for (const std::int64_t margin : {margins.before[i], margins.after[i]}) {
      if (margin > kMaxElements || margin < -kMaxElements) refuse(view, "its pads are too large");
      check_mode_fits(view, mode, view.input_shape(0)[i], margin);
    }
    output[i] += margins.before[i] + margins.after[i];
    if (output[i] < 0) refuse(view, "its pads cut off more than there is");
  }
  return one_output(view, std::move(output), view.input(0).dtype);
}

/// The input position shown at position `at` (which may lie outside) of an axis, or -1.
std::int64_t source_of(const std::string& mode, std::int64_t at, std::int64_t extent) {
  if (at >= 0 && at < extent) return at;
  if (mode == "edge") return at < 0 ? 0 : extent - 1;
  if (mode == "reflect") return at < 0 ? -at : 2 * (extent - 1) - at;
  if (mode == "wrap") return at < 0 ? at + extent : at - extent;
  return -1;
}

IndexMap map_of(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const std::string mode = mode_of(view);
  const Margins margins = margins_of(view);
  const std::vector<std::int64_t> strides = row_major_strides(input);
  std::vector<IndexMap::Axis> axes;
  for (std::size_t i = 0; i < input.size(); ++i) {
    const std::int64_t count = input[i] + margins.before[i] + margins.after[i];
    IndexMap::Axis axis{.count = count, .stride = strides[i]};
    if (margins.before[i] != 0 || margins.after[i] != 0) {
      for (std::int64_t at = 0; at < count; ++at) {
        const std::int64_t source = source_of(mode, at - margins.before[i], input[i]);
        axis.offsets.push_back(source < 0 ? IndexMap::kNowhere : source * strides[i]);
      }
    }
    axes.push_back(std::move(axis));
  }
  return IndexMap(std::move(axes));
}

/// In float32 or int64, in which the padding value can be written whatever its own type.
std::vector<Constant> fold(const NodeView& view) {
  const Constant& data = *view.constant(0);
  const Shape output = infer(view).front().shape;
  if (is_floating(data.dtype())) {
    const Constant value = Constant::from_floats({}, {padding_value(view)});
    const Constant floats = Constant::from_floats(data.shape(), data.floats());
    return {gathered(floats, map_of(view), output, &value)};
  }
  const bool given = view.graph.opset >= 11 && view.has_input(2);
  const Constant value =
      Constant::from_ints({}, given ? view.constant(2)->ints() : std::vector<std::int64_t>{0});
  const Constant integers = Constant::from_ints(data.shape(), data.ints());
  return {gathered(integers, map_of(view), output, &value)};
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return prepare_gathering(map_of(view), padding_value(view), pool);
}

void permute_axes(Graph& graph, Node& node) {
  const NodeView view{graph, node};
  std::vector<std::int64_t> axes = padded_axes(view);
  if (graph.opset >= 18 && view.has_input(3)) {
    for (std::int64_t& axis : axes) axis = channels_last_axis(view, axis);
    replace_constant_input(graph, node, 3, std::move(axes));
    return;
  }
  const std::vector<std::int64_t> pads = pads_of(view);
  std::vector<std::int64_t> permuted(pads.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto physical = static_cast<std::size_t>(channels_last_axis(view, axes[i]));
    permuted.at(physical) = pads.at(i);
    permuted.at(axes.size() + physical) = pads.at(axes.size() + i);
  }
  if (graph.opset >= 11) {
    replace_constant_input(graph, node, 1, std::move(permuted));
  } else {
    node.attributes.insert_or_assign("pads", std::move(permuted));
  }
}

bool non_negative(const NodeView& view, std::span<const bool> inputs) {
  return inputs[0] && padding_value(view) >= 0.0F;
}

}  // namespace

std::span<const Op> pad_ops() {
  static const std::array ops = {Op{.type = "Pad",
                                    .kind = route_kind,
                                    .layout = LayoutPolicy::Follow,
                                    .infer = infer,
                                    .permute_axes = permute_axes,
                                    .fold = fold,
                                    .prepare = prepare,
                                    .non_negative = non_negative}};
  return ops;
}

}  // namespace relcam
