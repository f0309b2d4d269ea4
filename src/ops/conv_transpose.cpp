#include <algorithm>
#include <array>
#include <string>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"
#include "ops/spatial.h"

namespace relcam {
namespace {

/// ConvTranspose as a convolution: zeros between the input's pixels and around them, weights turned
/// by half a turn, their inputs and outputs exchanged (Dumoulin and Visin 2016).

/// Sizes up to this make no product that wraps around.
constexpr std::int64_t kMostSize = 1 << 15;

/// One axis of the window.
struct Axis {
  std::int64_t input;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t output_padding;
  std::int64_t before = 0;  ///< pads of the output, which it loses
  std::int64_t after = 0;

  std::int64_t reach() const { return (kernel - 1) * dilation; }
  std::int64_t full() const { return (input - 1) * stride + reach() + 1 + output_padding; }
};

void place(const NodeView& view, Axis& axis, std::size_t index) {
  const std::string auto_pad = view.node.text("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (view.node.has("output_shape") || same) {
    std::vector<std::int64_t> wanted = {axis.input * axis.stride, axis.input * axis.stride};
    if (!same || view.node.has("output_shape")) {
      wanted = sizes_attribute(view, "output_shape", 2, 1, 1, kMostSize);
    }
    const std::int64_t lost = std::max<std::int64_t>(0, axis.full() - wanted[index]);
    axis.before = auto_pad == "SAME_UPPER" ? lost / 2 : lost - lost / 2;
    axis.after = lost - axis.before;
    axis.output_padding += std::max<std::int64_t>(0, wanted[index] - axis.full());
    return;
  }
  if (auto_pad != "NOTSET" && !auto_pad.empty() && auto_pad != "VALID") {
    refuse(view, "attribute 'auto_pad' has the unknown value '" + auto_pad + "'");
  }
  const auto pads = sizes_attribute(view, "pads", 4, 0, 0, kMostSize);
  axis.before = pads[index];
  axis.after = pads[index + 2];
}

std::array<Axis, 2> axes_of(const NodeView& view) {
  const Shape& x = view.input_shape(0);
  const Shape& w = view.input_shape(1);
  const auto strides = sizes_attribute(view, "strides", 2, 1, 1, kMostSize);
  const auto dilations = sizes_attribute(view, "dilations", 2, 1, 1, kMostSize);
  const auto output_paddings = sizes_attribute(view, "output_padding", 2, 0, 0, kMostSize);
  std::array<Axis, 2> axes{};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i] = {x[i + 2], w[i + 2], strides[i], dilations[i], output_paddings[i]};
    place(view, axes[i], i);
  }
  return axes;
}

void check(const NodeView& view) {
  expect_inputs(view, 2, 3);
  expect_outputs(view, 1);
  expect_floating(view, 0);
  require_images(view);
  const Shape& x = view.input_shape(0);
  const Shape& w = view.input_shape(1);
  const std::int64_t group = view.node.integer("group", 1);
  if (w.size() != 4 || checked_count(view, w) == 0 || w[0] != x[1] || group < 1 ||
      w[0] % group != 0 || w[2] > kMostSize || w[3] > kMostSize) {
    refuse(view, "weights " + to_string(w) + " in " + std::to_string(group) +
                     " groups do not fit the input " + to_string(x));
  }
}

/// [inputs][outputs of a group][h][w] as Conv has it: [outputs][inputs of a group][h][w], turned.
ValueId turned_weights(Decomposition& to) {
  const NodeView& view = to.original();
  const Shape& w = view.input_shape(1);
  const std::int64_t group = view.node.integer("group", 1);
  const ValueId parted = to.reshaped(to.input(1), {group, w[0] / group, w[1], w[2], w[3]});
  const ValueId exchanged = to.transposed(parted, {0, 2, 1, 3, 4});
  ValueId turned = to.reshaped(exchanged, {group * w[1], w[0] / group, w[2], w[3]});
  for (const std::int64_t axis : {2, 3}) {
    std::vector<std::int64_t> backward;
    for (std::int64_t i = w[static_cast<std::size_t>(axis)]; i-- > 0;) backward.push_back(i);
    turned = to.add("Gather", {turned, to.integers(std::move(backward))}, {{"axis", axis}});
  }
  return turned;
}

/// The input with stride - 1 zeros behind each pixel; the last ones are cut off by `margins`.
ValueId spread(Decomposition& to, const std::array<Axis, 2>& axes) {
  const Shape& x = to.original().input_shape(0);
  if (axes[0].stride == 1 && axes[1].stride == 1) return to.input(0);
  const ValueId pixels = to.reshaped(to.input(0), {x[0], x[1], x[2], 1, x[3], 1});
  const ValueId apart =
      to.padded(pixels, {0, 0, 0, 0, 0, 0, 0, 0, 0, axes[0].stride - 1, 0, axes[1].stride - 1});
  return to.reshaped(apart, {x[0], x[1], x[2] * axes[0].stride, x[3] * axes[1].stride});
}

bool decompose(Decomposition& to) {
  if (decompose_signal(to, true)) return true;
  const NodeView& view = to.original();
  check(view);
  const std::array<Axis, 2> axes = axes_of(view);
  std::vector<std::int64_t> margins(8, 0);
  std::vector<std::int64_t> dilations;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Axis& axis = axes[i];
    margins[i + 2] = axis.reach() - axis.before;
    margins[i + 6] = axis.reach() - axis.after + axis.output_padding - (axis.stride - 1);
    dilations.push_back(axis.dilation);
  }
  std::vector<ValueId> inputs = {to.padded(spread(to, axes), std::move(margins)),
                                 turned_weights(to)};
  if (view.has_input(2)) inputs.push_back(to.input(2));
  to.finish("Conv", std::move(inputs),
            {{"group", view.node.integer("group", 1)}, {"dilations", std::move(dilations)}});
  return true;
}

}  // namespace

std::span<const Op> conv_transpose_ops() {
  static const std::array ops = {Op{.type = "ConvTranspose", .decompose = decompose}};
  return ops;
}

}  // namespace relcam
