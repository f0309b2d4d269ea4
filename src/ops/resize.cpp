#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/error.h"
#include "kernels/interpolation.h"
#include "ops/checks.h"
#include "ops/linear_operation.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Resize, and Upsample, which it replaced in opset 10.

/// What Resize's attributes say of all axes.
struct Method {
  std::string mode;         ///< nearest, linear or cubic
  std::string coordinates;  ///< coordinate_transformation_mode
  std::string rounding;     ///< nearest_mode
  double cubic_coefficient;
  bool exclude_outside;
  bool antialias;
};

/// One axis: output positions are `scale` apart from input positions.
struct Scaling {
  std::int64_t input;
  std::int64_t output;
  double scale;
};

std::string one_of(const NodeView& view, std::string_view name, std::string_view fallback,
                   std::initializer_list<std::string_view> supported) {
  const std::string value = view.node.text(name, std::string(fallback));
  if (std::ranges::find(supported, value) != supported.end()) return value;
  refuse_unsupported(view, "its " + std::string(name) + " '" + value + "' is not supported");
}

/// Before opset 11 coordinates are divided by the scale and rounded down.
Method method_of(const NodeView& view) {
  const bool early = view.graph.opset < 11 || view.node.op_type == "Upsample";
  const std::string_view half = early ? "asymmetric" : "half_pixel";
  return {one_of(view, "mode", "nearest", {"nearest", "linear", "cubic"}),
          one_of(view, "coordinate_transformation_mode", half,
                 {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
                  "asymmetric", "tf_half_pixel_for_nn"}),
          one_of(view, "nearest_mode", early ? "floor" : "round_prefer_floor",
                 {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}),
          static_cast<double>(view.node.number("cubic_coeff_a", -0.75F)),
          view.node.integer("exclude_outside", 0) != 0,
          view.node.integer("antialias", 0) != 0};
}

/// Elements of an input that exporters leave out or empty where the other form is given.
std::vector<float> optional_list(const NodeView& view, std::size_t input, std::string_view name) {
  if (!view.has_input(input)) return {};
  return required_constant(view, input, name).floats();
}

std::vector<float> scales_of(const NodeView& view) {
  if (view.graph.opset < 9 && view.node.op_type == "Upsample") {
    const auto found = view.node.attributes.find("scales");
    const auto* list = found == view.node.attributes.end()
                           ? nullptr
                           : std::get_if<std::vector<float>>(&found->second);
    return list == nullptr ? std::vector<float>{} : *list;
  }
  return optional_list(view, view.graph.opset < 11 ? 1 : 2, "scales");
}

std::vector<std::size_t> axes_of(const NodeView& view) {
  const std::size_t rank = view.input_shape(0).size();
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (view.graph.opset >= 18) axes = view.node.integers("axes", axes);
  checked_axes(view, axes, rank);
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) result.push_back(checked_axis(view, axis, rank));
  return result;
}

void set_scale(const NodeView& view, Scaling& axis, double scale, double length) {
  constexpr double kLongest = 65536.0;
  if (!(scale > 0.0) || !(length >= 1.0 && (length <= kLongest || scale == 1.0))) {
    refuse(view,
           "it resizes an axis of " + std::to_string(axis.input) + " by " + std::to_string(scale));
  }
  axis.scale = scale;
  axis.output = static_cast<std::int64_t>(length);
}

/// One scale for all axes, so that none exceeds (or falls below) its size.
double common_scale(const std::vector<float>& sizes, const std::vector<double>& extents,
                    bool largest) {
  double common = static_cast<double>(sizes[0]) / extents[0];
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const double scale = static_cast<double>(sizes[i]) / extents[i];
    common = largest ? std::max(common, scale) : std::min(common, scale);
  }
  return common;
}

/// The input's shape in ONNX order, however it lies in memory.
Shape onnx_shape(const NodeView& view) {
  Shape shape = view.input_shape(0);
  if (view.input(0).layout == Layout::ChannelsLast) {
    std::rotate(shape.begin() + 1, shape.end() - 1, shape.end());
  }
  return shape;
}

/// For every ONNX axis.
std::vector<Scaling> scalings_of(const NodeView& view) {
  const Shape x = onnx_shape(view);
  std::vector<Scaling> scalings;
  for (const std::int64_t extent : x) scalings.push_back({extent, extent, 1.0});
  const std::vector<std::size_t> axes = axes_of(view);
  const std::vector<float> scales = scales_of(view);
  const std::vector<float> sizes =
      view.graph.opset >= 11 ? optional_list(view, 3, "sizes") : std::vector<float>{};
  const std::vector<float>& given = sizes.empty() ? scales : sizes;
  if (given.size() != axes.size() || axes.empty()) {
    refuse(view,
           "it needs one scale or one size for each of " + std::to_string(axes.size()) + " axes");
  }
  const std::string policy =
      one_of(view, "keep_aspect_ratio_policy", "stretch", {"stretch", "not_larger", "not_smaller"});
  std::vector<double> extents;
  for (const std::size_t axis : axes) extents.push_back(static_cast<double>(x[axis]));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Scaling& axis = scalings[axes[i]];
    const auto number = static_cast<double>(given[i]);
    if (sizes.empty()) {
      set_scale(view, axis, number, std::floor(extents[i] * number));
    } else if (policy == "stretch") {
      set_scale(view, axis, number / extents[i], number);
    } else {
      const double scale = common_scale(sizes, extents, policy == "not_smaller");
      set_scale(view, axis, scale, std::floor(extents[i] * scale + 0.5));
    }
  }
  return scalings;
}

bool is_resized(const Scaling& axis) { return axis.input != axis.output || axis.scale != 1.0; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, view.graph.opset < 11 ? 2 : 4);
  expect_floating(view, 0);
  if (checked_count(view, view.input_shape(0)) == 0) refuse(view, "its input is empty");
  method_of(view);
  const std::vector<Scaling> scalings = scalings_of(view);
  if (std::ranges::count_if(scalings, is_resized) > 2) {
    refuse_unsupported(view, "it resizes more than two axes");
  }
  Shape output;
  for (const Scaling& axis : scalings) output.push_back(axis.output);
  return one_output(view, std::move(output), view.input(0).dtype);
}

/// The input coordinate of an output position.
double source_of(const std::string& mode, const Scaling& axis, std::int64_t position) {
  const auto at = static_cast<double>(position);
  const auto input = static_cast<double>(axis.input);
  const double length = axis.scale * input;
  if (mode == "asymmetric") return at / axis.scale;
  if (mode == "align_corners") return length == 1.0 ? 0.0 : at * (input - 1.0) / (length - 1.0);
  if (mode == "pytorch_half_pixel" && length == 1.0) return -0.5;
  if (mode == "tf_half_pixel_for_nn") return (at + 0.5) / axis.scale;
  const double centre = (at + 0.5) / axis.scale - 0.5;
  if (mode != "half_pixel_symmetric") return centre;
  return centre + input / 2.0 * (1.0 - static_cast<double>(axis.output) / length);
}

double rounded(const std::string& mode, double x) {
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  return mode == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
}

/// The interpolating kernel at a distance: a tent, or Keys' cubic (Keys 1981).
double kernel_at(const Method& method, double distance) {
  const double x = std::fabs(distance);
  if (method.mode == "linear") return std::max(0.0, 1.0 - x);
  const double a = method.cubic_coefficient;
  if (x <= 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  return x < 2.0 ? ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a : 0.0;
}

/// Beyond its ends the input goes on with its border, unless that is excluded. Shrinking with
/// antialias widens the kernel.
std::vector<ResizedAxis::Tap> taps_at(const Method& method, const Scaling& axis, double source) {
  if (method.mode == "nearest") {
    const double nearest =
        std::clamp(rounded(method.rounding, source), 0.0, static_cast<double>(axis.input - 1));
    return {{static_cast<std::size_t>(nearest), 1.0F}};
  }
  const double narrowing = method.antialias ? std::min(axis.scale, 1.0) : 1.0;
  const double radius = (method.mode == "linear" ? 1.0 : 2.0) / narrowing;
  std::vector<std::pair<std::int64_t, double>> weights;
  double total = 0.0;
  const auto last = static_cast<std::int64_t>(std::floor(source + radius));
  for (auto i = static_cast<std::int64_t>(std::ceil(source - radius)); i <= last; ++i) {
    const double weight = kernel_at(method, (static_cast<double>(i) - source) * narrowing);
    const bool outside = i < 0 || i >= axis.input;
    if (weight == 0.0 || (outside && method.exclude_outside)) continue;
    weights.emplace_back(std::clamp<std::int64_t>(i, 0, axis.input - 1), weight);
    total += weight;
  }
  std::vector<ResizedAxis::Tap> taps;
  for (const auto& [input, weight] : weights) {
    const auto normalized = static_cast<float>(weight / total);
    if (!taps.empty() && taps.back().input == static_cast<std::size_t>(input)) {
      taps.back().weight += normalized;
    } else {
      taps.push_back({static_cast<std::size_t>(input), normalized});
    }
  }
  return taps;
}

ResizedAxis resized(const Method& method, const Scaling& axis) {
  ResizedAxis result{.inputs = static_cast<std::size_t>(axis.input), .outputs = {}};
  for (std::int64_t at = 0; at < axis.output; ++at) {
    result.outputs.push_back(taps_at(method, axis, source_of(method.coordinates, axis, at)));
  }
  return result;
}

Interpolation interpolation_of(const NodeView& view, std::vector<Scaling> scalings) {
  if (view.input(0).layout == Layout::ChannelsLast) {
    std::rotate(scalings.begin() + 1, scalings.begin() + 2, scalings.end());
  }
  const Method method = method_of(view);
  Interpolation result;
  std::size_t found = 0;
  std::array<std::size_t*, 3> extents = {&result.outer, &result.middle, &result.inner};
  std::array<ResizedAxis*, 2> axes = {&result.a, &result.b};
  for (const Scaling& axis : scalings) {
    if (is_resized(axis)) {
      *axes.at(found++) = resized(method, axis);
    } else {
      *extents.at(found) *= static_cast<std::size_t>(axis.input);
    }
  }
  if (found == 1) std::swap(result.middle, result.inner);
  return result;
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LinearOperation>(
      std::make_unique<InterpolationMap>(interpolation_of(view, scalings_of(view)), pool));
}

/// Averages, even where a cubic kernel has negative weights: it is no layer with weights of its
/// own.
Kind kind(const NodeView& view) {
  return method_of(view).mode == "nearest" ? Kind::Route : Kind::Pool;
}

bool non_negative(const NodeView& view, std::span<const bool> inputs) {
  return inputs[0] && method_of(view).mode != "cubic";
}

constexpr Op op_of(std::string_view type) {
  return {.type = type,
          .kind = kind,
          .layout = LayoutPolicy::Spatial,
          .infer = infer,
          .prepare = prepare,
          .non_negative = non_negative};
}

}  // namespace

std::span<const Op> resize_ops() {
  static constexpr std::array ops = {op_of("Resize"), op_of("Upsample")};
  return ops;
}

}  // namespace relcam
