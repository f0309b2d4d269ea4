#include "ops/spatial.h"

#include <algorithm>
#include <array>
#include <string>

#include "ops/checks.h"

namespace relcam {
namespace {

/// One axis of a window, in ONNX's own type so that nothing wraps around.
struct Axis {
  std::int64_t input;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  std::int64_t output = 0;

  std::int64_t span() const { return (kernel - 1) * dilation + 1; }
};

void place_same(Axis& axis, bool upper) {
  axis.output = (axis.input + axis.stride - 1) / axis.stride;
  const std::int64_t total =
      std::max<std::int64_t>((axis.output - 1) * axis.stride + axis.span() - axis.input, 0);
  axis.pad_begin = upper ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

void place_explicit(const NodeView& view, Axis& axis, bool ceil_mode) {
  const std::int64_t room = axis.input + axis.pad_begin + axis.pad_end - axis.span();
  if (room < 0) {
    refuse(view, "its window spans " + std::to_string(axis.span()) +
                     " elements, more than the padded input has");
  }
  axis.output = room / axis.stride + 1;
  if (!ceil_mode || room % axis.stride == 0) return;
  // A last, partial window counts only if it begins before the padding at the end.
  if (axis.output * axis.stride < axis.input + axis.pad_begin) ++axis.output;
}

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

std::vector<std::int64_t> sizes_attribute(const NodeView& view, std::string_view key,
                                          std::size_t count, std::int64_t fallback,
                                          std::int64_t least, std::int64_t most) {
  const std::vector<std::int64_t> values =
      view.node.integers(key, std::vector<std::int64_t>(count, fallback));
  if (values.size() != count) {
    refuse(view, "attribute '" + std::string(key) + "' has " + std::to_string(values.size()) +
                     " elements where " + std::to_string(count) + " are needed");
  }
  for (const std::int64_t value : values) {
    if (value < least || value > most) {
      refuse(view, "attribute '" + std::string(key) + "' holds " + std::to_string(value) +
                       ", which is out of range");
    }
  }
  return values;
}

Extent2d spatial_extent(const Shape& shape, Layout layout) {
  const std::size_t first = layout == Layout::ChannelsLast ? 1 : 2;
  return {size(shape.at(first)), size(shape.at(first + 1))};
}

void require_images(const NodeView& view) {
  const Shape& shape = view.input_shape(0);
  if (shape.size() != 4) {
    refuse_unsupported(view,
                       "only images (rank 4) and signals (rank 3) are supported, its input is " +
                           to_string(shape));
  }
  if (std::any_of(shape.begin(), shape.end(), [](std::int64_t d) { return d < 1; })) {
    refuse(view, "its input " + to_string(shape) + " is empty");
  }
}

bool decompose_signal(Decomposition& to, bool weights) {
  const NodeView& view = to.original();
  const Shape& x = view.input_shape(0);
  if (x.size() != 3) return false;
  expect_outputs(view, 1);
  const auto with_row = [&](std::size_t input) {
    const Shape& shape = view.input_shape(input);
    if (shape.size() != 3) refuse(view, "its weights " + to_string(shape) + " do not fit");
    return to.reshaped(to.input(input), {shape[0], shape[1], 1, shape[2]});
  };
  std::vector<ValueId> inputs = view.node.inputs;
  inputs[0] = with_row(0);
  if (weights) inputs.at(1) = with_row(1);
  Decomposition::Attributes attributes = view.node.attributes;
  for (const char* name :
       {"kernel_shape", "strides", "dilations", "output_padding", "output_shape"}) {
    if (view.node.has(name)) {
      const std::int64_t row = std::string_view(name) == "output_padding" ? 0 : 1;
      attributes[name] = std::vector{row, sizes_attribute(view, name, 1, 1, 0)[0]};
    }
  }
  if (view.node.has("pads")) {
    const auto pads = sizes_attribute(view, "pads", 2, 0, 0);
    attributes["pads"] = std::vector<std::int64_t>{0, pads[0], 0, pads[1]};
  }
  const ValueId images = to.add(view.node.op_type, std::move(inputs), std::move(attributes));
  to.finish("Reshape", {images, to.integers({0, 0, -1})});
  return true;
}

Extent2d extent_attribute(const NodeView& view, std::string_view key, Extent2d fallback) {
  if (!view.node.has(key)) return fallback;
  const auto values = sizes_attribute(view, key, 2, 1, 1);
  return {size(values[0]), size(values[1])};
}

ResolvedWindow resolve_window(const NodeView& view, Extent2d input, Extent2d kernel,
                              WindowOptions options) {
  const auto strides = sizes_attribute(view, "strides", 2, 1, 1);
  const auto dilations = sizes_attribute(view, "dilations", 2, 1, 1);
  const auto pads = sizes_attribute(view, "pads", 4, 0, 0);
  const std::string auto_pad = view.node.text("auto_pad", "NOTSET");
  const bool ceil_mode = options.pooling && view.node.integer("ceil_mode", 0) != 0;

  const auto signed_size = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  std::array<Axis, 2> axes = {
      Axis{signed_size(input.height), signed_size(kernel.height), strides[0], dilations[0]},
      Axis{signed_size(input.width), signed_size(kernel.width), strides[1], dilations[1]}};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Axis& axis = axes[i];
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      place_same(axis, auto_pad == "SAME_UPPER");
      continue;
    }
    if (auto_pad == "NOTSET" || auto_pad.empty()) {
      axis.pad_begin = pads[i];
      axis.pad_end = pads[i + 2];
    } else if (auto_pad != "VALID") {
      refuse(view, "attribute 'auto_pad' has the unknown value '" + auto_pad + "'");
    }
    if (options.pooling && std::max(axis.pad_begin, axis.pad_end) >= axis.span()) {
      refuse(view, "its pads are as large as its window");
    }
    place_explicit(view, axis, ceil_mode);
  }
  return {{kernel,
           {size(axes[0].stride), size(axes[1].stride)},
           {size(axes[0].dilation), size(axes[1].dilation)},
           {size(axes[0].pad_begin), size(axes[1].pad_begin), size(axes[0].pad_end),
            size(axes[1].pad_end)}},
          {size(axes[0].output), size(axes[1].output)}};
}

}  // namespace relcam
