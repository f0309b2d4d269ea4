#include <algorithm>
#include <array>
#include <string>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// InstanceNormalization and GroupNormalization: LayerNormalization of each channel, or of groups
/// of them, and a factor and an offset per channel.

const Shape& checked_input(const NodeView& view) {
  expect_inputs(view, 3, 3);
  expect_outputs(view, 1);
  expect_floating(view, 0);
  const Shape& x = view.input_shape(0);
  if (x.size() < 2 || checked_count(view, x) == 0) {
    refuse(view, "its input " + to_string(x) + " has no channels");
  }
  return x;
}

/// A factor or an offset with one element for each of `count` channels or groups.
const Constant& parameter(const NodeView& view, std::size_t input, std::string_view name,
                          std::int64_t count) {
  const Constant& constant = required_constant(view, input, name);
  if (constant.shape() == Shape{count}) return constant;
  refuse(view, "its '" + std::string(name) + "' has shape " + to_string(constant.shape()) +
                   " where " + to_string(Shape{count}) + " is needed");
}

/// Rows of x, one for each group of each sample, normalised.
ValueId normalized_groups(Decomposition& to, std::int64_t groups) {
  const NodeView& view = to.original();
  const Shape& x = view.input_shape(0);
  const auto elements = static_cast<std::int64_t>(checked_count(view, x));
  const std::int64_t size = elements / (x[0] * groups);
  const ValueId rows = to.reshaped(to.input(0), {x[0], groups, size});
  const Constant ones =
      Constant::from_floats({size}, std::vector<float>(static_cast<std::size_t>(size), 1.0F));
  return to.add("LayerNormalization", {rows, to.constant(ones)},
                {{"epsilon", view.node.number("epsilon", 1e-5F)}});
}

/// `values` per channel, each repeated, in a shape that broadcasts to x.
ValueId per_channel(Decomposition& to, const Constant& values, std::int64_t channels) {
  const auto repeats = static_cast<std::size_t>(channels) / values.size();
  std::vector<float> repeated;
  for (const float value : values.floats()) repeated.insert(repeated.end(), repeats, value);
  Shape shape(to.original().input_shape(0).size() - 1, 1);
  shape.front() = channels;
  return to.constant(Constant::from_floats(std::move(shape), std::move(repeated)));
}

/// Exporters leave factor and offset at 1 and 0 where a Mul and an Add follow; those cost a pass
/// each.
void finish(Decomposition& to, ValueId normalized, const Constant& scale, const Constant& bias) {
  const Shape& x = to.original().input_shape(0);
  const auto all = [](const Constant& values, float wanted) {
    return std::ranges::count(values.floats(), wanted) == static_cast<std::int64_t>(values.size());
  };
  const ValueId shape = to.integers(x);
  if (all(scale, 1.0F) && all(bias, 0.0F)) return to.finish("Reshape", {normalized, shape});
  const ValueId images = to.add("Reshape", {normalized, shape});
  const ValueId scaled = to.add("Mul", {images, per_channel(to, scale, x[1])});
  to.finish("Add", {scaled, per_channel(to, bias, x[1])});
}

bool decompose_instance(Decomposition& to) {
  const NodeView& view = to.original();
  const std::int64_t channels = checked_input(view)[1];
  const Constant& scale = parameter(view, 1, "scale", channels);
  const Constant& bias = parameter(view, 2, "B", channels);
  finish(to, normalized_groups(to, channels), scale, bias);
  return true;
}

/// Opset 18 has factors and offsets per group, opset 21 per channel.
bool decompose_group(Decomposition& to) {
  const NodeView& view = to.original();
  const std::int64_t channels = checked_input(view)[1];
  const std::int64_t groups = view.node.integer("num_groups", 0);
  if (groups < 1 || channels % groups != 0) {
    refuse(view, std::to_string(channels) + " channels do not divide into its groups");
  }
  const std::int64_t parameters = view.graph.opset < 21 ? groups : channels;
  const Constant& scale = parameter(view, 1, "scale", parameters);
  const Constant& bias = parameter(view, 2, "bias", parameters);
  finish(to, normalized_groups(to, groups), scale, bias);
  return true;
}

}  // namespace

std::span<const Op> instance_normalization_ops() {
  static const std::array ops = {
      Op{.type = "InstanceNormalization", .decompose = decompose_instance},
      Op{.type = "GroupNormalization", .decompose = decompose_group},
  };
  return ops;
}

}  // namespace relcam
