#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// Reshape, Flatten, Squeeze and Unsqueeze: other names for the same elements in the same order.

/// In `target`, 0 copies the input's dimension (unless allowzero) and one -1 takes what is left.
Shape reshaped(const NodeView& view, const Shape& input, Shape target, bool copy_zeros) {
  auto unknown = target.end();
  for (auto dimension = target.begin(); dimension != target.end(); ++dimension) {
    const auto axis = static_cast<std::size_t>(dimension - target.begin());
    if (*dimension == 0 && copy_zeros) {
      if (axis >= input.size()) refuse(view, "its shape copies an axis that its input lacks");
      *dimension = input[axis];
    } else if (*dimension == -1) {
      if (unknown != target.end()) refuse(view, "its shape leaves two dimensions open");
      unknown = dimension;
    }
  }
  const std::size_t count = element_count(input);
  if (unknown != target.end()) {
    *unknown = 1;
    const std::size_t known = checked_count(view, target);
    if (known == 0 || count % known != 0) {
      refuse(view, "its input " + to_string(input) + " does not divide into its shape");
    }
    *unknown = static_cast<std::int64_t>(count / known);
  }
  if (checked_count(view, target) != count) {
    refuse(view, "its input " + to_string(input) + " does not fit into " + to_string(target));
  }
  return target;
}

std::vector<InferredValue> infer_reshape(const NodeView& view) {
  expect_inputs(view, 2, 2);
  required_constant(view, 1, "shape");
  Shape target = constant_integers(view, 1, "shape", {});
  const bool copy_zeros = view.node.integer("allowzero", 0) == 0;
  return one_output(view, reshaped(view, view.input_shape(0), std::move(target), copy_zeros),
                    view.input(0).dtype);
}

std::vector<InferredValue> infer_flatten(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const Shape& input = view.input_shape(0);
  const std::int64_t axis = view.node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(input.size());
  const auto split = axis == rank ? input.size() : checked_axis(view, axis, input.size());
  const auto product = [&](std::size_t begin, std::size_t end) {
    return static_cast<std::int64_t>(
        element_count(Shape(input.begin() + static_cast<std::ptrdiff_t>(begin),
                            input.begin() + static_cast<std::ptrdiff_t>(end))));
  };
  return one_output(view, {product(0, split), product(split, input.size())}, view.input(0).dtype);
}

std::vector<std::size_t> squeezed_axes(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const bool given = view.graph.opset >= 13 ? view.has_input(1) : view.node.has("axes");
  if (given) {
    return checked_axes(view, attribute_or_input(view, "axes", 13, 1, {}), input.size());
  }
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] == 1) axes.push_back(i);
  }
  return axes;
}

std::vector<InferredValue> infer_squeeze(const NodeView& view) {
  expect_inputs(view, 1, view.graph.opset >= 13 ? 2 : 1);
  const Shape& input = view.input_shape(0);
  const std::vector<std::size_t> axes = squeezed_axes(view);
  Shape output;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (!std::ranges::binary_search(axes, i)) {
      output.push_back(input[i]);
    } else if (input[i] != 1) {
      refuse(view, "it removes axis " + std::to_string(i) + " of " + to_string(input) +
                       ", which is not 1");
    }
  }
  return one_output(view, std::move(output), view.input(0).dtype);
}

std::vector<InferredValue> infer_unsqueeze(const NodeView& view) {
  const bool as_input = view.graph.opset >= 13;
  expect_inputs(view, as_input ? 2 : 1, as_input ? 2 : 1);
  const std::vector<std::int64_t> list = attribute_or_input(view, "axes", 13, 1, {});
  const Shape& input = view.input_shape(0);
  const std::vector<std::size_t> axes = checked_axes(view, list, input.size() + list.size());
  Shape output = input;
  for (const std::size_t axis : axes) {
    output.insert(output.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  }
  return one_output(view, std::move(output), view.input(0).dtype);
}

template <auto infer>
std::vector<Constant> fold(const NodeView& view) {
  return {view.constant(0)->reshaped(infer(view).front().shape)};
}

template <auto infer>
constexpr Op op_of(std::string_view type) {
  return {.type = type,
          .kind = route_kind,
          .infer = infer,
          .fold = fold<infer>,
          .prepare = prepare_copy,
          .non_negative = route_is_non_negative};
}

}  // namespace

std::span<const Op> reshape_ops() {
  static constexpr std::array ops = {
      op_of<infer_reshape>("Reshape"),
      op_of<infer_flatten>("Flatten"),
      op_of<infer_squeeze>("Squeeze"),
      op_of<infer_unsqueeze>("Unsqueeze"),
  };
  return ops;
}

}  // namespace relcam
