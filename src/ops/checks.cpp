#include "ops/checks.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace relcam {
namespace {

/// No tensor of a real model comes near; what is computed per axis stays small.
constexpr std::size_t kMaxRank = 32;

/// Runs `check`, and gives an error of base/ the node's address.
template <typename Check>
auto with_address(const NodeView& view, Check&& check) {
  try {
    return check();
  } catch (const Error& error) {
    throw Error(error.code(), view.where() + ": " + error.what(), view.node.name);
  }
}

}  // namespace

void refuse(const NodeView& view, const std::string& message) {
  throw Error(ErrorCode::InvalidModel, view.where() + ": " + message, view.node.name);
}

void refuse_unsupported(const NodeView& view, const std::string& message) {
  throw Error(ErrorCode::UnsupportedOperator, view.where() + ": " + message, view.node.name);
}

void expect_inputs(const NodeView& view, std::size_t least, std::size_t most) {
  if (view.input_count() > most) {
    refuse(view, "it has " + std::to_string(view.input_count()) + " inputs, more than the " +
                     std::to_string(most) + " that the operator takes");
  }
  for (std::size_t i = 0; i < least; ++i) {
    if (!view.has_input(i)) refuse(view, "its input " + std::to_string(i) + " is missing");
  }
}

void expect_outputs(const NodeView& view, std::size_t most) {
  const std::size_t count = view.node.outputs.size();
  if (count == 0 || count > most) {
    refuse(view, "it has " + std::to_string(count) + " outputs; the operator gives 1 to " +
                     std::to_string(most));
  }
}

void expect_floating(const NodeView& view, std::size_t input) {
  const DType dtype = view.input(input).dtype;
  if (is_floating(dtype)) return;
  refuse(view, "its input " + std::to_string(input) + " has type " + std::string(to_string(dtype)) +
                   "; the operator takes floating types");
}

std::size_t checked_axis(const NodeView& view, std::int64_t axis, std::size_t rank) {
  return with_address(view, [&] { return normalized_axis(axis, rank); });
}

std::vector<std::size_t> checked_axes(const NodeView& view, const std::vector<std::int64_t>& axes,
                                      std::size_t rank) {
  if (axes.size() > rank) refuse(view, "it names more axes than its input has");
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) result.push_back(checked_axis(view, axis, rank));
  std::ranges::sort(result);
  if (std::ranges::adjacent_find(result) != result.end()) {
    refuse(view, "it names an axis twice");
  }
  return result;
}

std::int64_t checked_index(const NodeView& view, std::int64_t index, std::int64_t extent) {
  if (index >= -extent && index < extent) return index < 0 ? index + extent : index;
  refuse(view,
         "its index " + std::to_string(index) + " is outside an axis of " + std::to_string(extent));
}

Shape checked_broadcast(const NodeView& view, const Shape& a, const Shape& b) {
  return with_address(view, [&] { return broadcast(a, b); });
}

const Constant& required_constant(const NodeView& view, std::size_t input, std::string_view name) {
  if (!view.has_input(input)) refuse(view, "its input '" + std::string(name) + "' is missing");
  const Constant* constant = view.constant(input);
  if (constant == nullptr) {
    refuse_unsupported(view, "its input '" + std::string(name) +
                                 "' depends on the image; it must be known when the model loads");
  }
  return *constant;
}

std::vector<std::int64_t> constant_integers(const NodeView& view, std::size_t input,
                                            std::string_view name,
                                            std::vector<std::int64_t> fallback) {
  if (!view.has_input(input)) return fallback;
  const Constant& constant = required_constant(view, input, name);
  if (is_floating(constant.dtype()) || constant.shape().size() > 1) {
    refuse(view, "its input '" + std::string(name) + "' should be a list of integers");
  }
  return constant.ints();
}

std::vector<std::int64_t> attribute_or_input(const NodeView& view, std::string_view name,
                                             std::int64_t since_input, std::size_t input,
                                             std::vector<std::int64_t> fallback) {
  if (view.graph.opset >= since_input) {
    return constant_integers(view, input, name, std::move(fallback));
  }
  return view.node.integers(name, std::move(fallback));
}

std::vector<InferredValue> one_output(const NodeView& view, Shape shape, DType dtype) {
  expect_outputs(view, 1);
  checked_count(view, shape);
  return {{std::move(shape), dtype}};
}

std::size_t checked_count(const NodeView& view, const Shape& shape) {
  if (shape.size() > kMaxRank) {
    refuse(view, "its result has " + std::to_string(shape.size()) + " axes, more than the " +
                     std::to_string(kMaxRank) + " that are supported");
  }
  return with_address(view, [&] { return element_count(shape); });
}

}  // namespace relcam
