#include "kernels/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/divide_up.h"
#include "base/error.h"
#include "base/onnx_dtype.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/own_domain.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// QuantizeLinear, DequantizeLinear, their pair FakeQuantize (of ours: what a quantised tensor is
/// read as) and DynamicQuantizeLinear. Quantised values are held as floats. Relevance passes
/// through all of them, gradients straight through the rounding.

struct Levels {
  float low;
  float high;
};

Levels levels_of(const NodeView& view, DType dtype) {
  switch (dtype) {
    case DType::UInt8: return {0.0F, 255.0F};
    case DType::Int8: return {-128.0F, 127.0F};
    case DType::UInt16: return {0.0F, 65535.0F};
    case DType::Int16: return {-32768.0F, 32767.0F};
    default:
      refuse_unsupported(view, "quantising to " + std::string(to_string(dtype)) +
                                   " is not supported; 8 and 16 bits are");
  }
}

/// The type of the zero point, else the attribute's, else uint8.
DType quantized_type(const NodeView& view) {
  if (view.has_input(2)) return view.input(2).dtype;
  const std::int64_t number = view.node.integer("output_dtype", 0);
  const std::optional<DType> dtype = number == 0 ? DType::UInt8 : onnx_dtype(number);
  if (!dtype) refuse_unsupported(view, "its output_dtype is not supported");
  return *dtype;
}

/// x as [outer][channels][inner], with one scale for everything, one per channel, or (blocked) one
/// for every `block` neighbours along the channels.
struct Scales {
  ChannelView view = {};
  std::vector<float> scale = {};
  std::vector<float> zero_point = {};
  std::size_t block = 0;

  std::size_t index(std::size_t outer, std::size_t channel, std::size_t inner) const {
    if (block == 0) return scale.size() == 1 ? 0 : channel;
    const std::size_t blocks = divide_up(view.channels, block);
    return (outer * blocks + channel / block) * view.inner + inner;
  }
};

ChannelView channels_at(const Shape& x, std::size_t axis) {
  ChannelView view;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::size_t& extent = i < axis ? view.outer : (i == axis ? view.channels : view.inner);
    extent *= static_cast<std::size_t>(x[i]);
  }
  return view;
}

void check_fit(const NodeView& view, const Scales& scales, const Shape& shape) {
  const Shape& x = view.input_shape(0);
  if (scales.zero_point.size() != scales.scale.size()) {
    refuse(view, "its scale and zero point differ in shape");
  }
  const std::size_t blocks = scales.block == 0 ? 0 : (scales.view.channels - 1) / scales.block + 1;
  const bool fits = scales.block == 0
                        ? scales.scale.size() == 1 ||
                              (shape.size() == 1 && scales.scale.size() == scales.view.channels)
                        : scales.scale.size() == scales.view.outer * blocks * scales.view.inner;
  if (!fits) {
    refuse(view, "its scale " + to_string(shape) + " does not fit its input " + to_string(x));
  }
  const auto usable = [](float scale) { return scale > 0.0F && std::isfinite(scale); };
  if (!std::ranges::all_of(scales.scale, usable)) refuse(view, "its scale should be above 0");
}

Scales scales_of(const NodeView& view) {
  const Shape& x = view.input_shape(0);
  const Constant& scale = required_constant(view, 1, "scale");
  Scales scales{.scale = scale.floats()};
  scales.zero_point.assign(scales.scale.size(), 0.0F);
  if (view.has_input(2)) scales.zero_point = required_constant(view, 2, "zero_point").floats();
  if (checked_count(view, x) == 0) refuse(view, "its input is empty");
  if (scales.scale.size() == 1) {
    scales.view.inner = checked_count(view, x);
  } else {
    const std::size_t axis = checked_axis(view, view.node.integer("axis", 1), x.size());
    scales.view = channels_at(x, axis);
    const std::int64_t block = view.node.integer("block_size", 0);
    if (block < 0 || block > kMaxElements) refuse(view, "its block_size is out of range");
    scales.block = static_cast<std::size_t>(block);
  }
  check_fit(view, scales, scale.shape());
  if (scales.block != 0 && view.constant(0) == nullptr) {
    refuse_unsupported(view, "blocks of a value that depends on the image are not supported");
  }
  return scales;
}

std::vector<InferredValue> infer_quantize(const NodeView& view) {
  expect_inputs(view, 2, 3);
  expect_floating(view, 0);
  levels_of(view, quantized_type(view));
  scales_of(view);
  return one_output(view, view.input_shape(0), quantized_type(view));
}

std::vector<InferredValue> infer_fake(const NodeView& view) {
  infer_quantize(view);
  return one_output(view, view.input_shape(0), DType::Float32);
}

std::vector<InferredValue> infer_dequantize(const NodeView& view) {
  expect_inputs(view, 2, 3);
  scales_of(view);
  return one_output(view, view.input_shape(0), DType::Float32);
}

/// function(x, scale, zero point) of every element of a constant.
template <typename Function>
std::vector<float> mapped(const NodeView& view, Function&& function) {
  const Scales scales = scales_of(view);
  std::vector<float> values = view.constant(0)->floats();
  std::size_t i = 0;
  for (std::size_t outer = 0; outer < scales.view.outer; ++outer) {
    for (std::size_t channel = 0; channel < scales.view.channels; ++channel) {
      for (std::size_t inner = 0; inner < scales.view.inner; ++inner, ++i) {
        const std::size_t k = scales.index(outer, channel, inner);
        values[i] = function(values[i], scales.scale[k], scales.zero_point[k]);
      }
    }
  }
  return values;
}

std::vector<Constant> fold_dequantize(const NodeView& view) {
  std::vector<float> values =
      mapped(view, [](float x, float scale, float zero) { return (x - zero) * scale; });
  return {Constant::from_floats(view.input_shape(0), std::move(values))};
}

/// Integers of 64 bits, as all folded ones.
Constant to_integers(const Shape& shape, const std::vector<float>& values) {
  return Constant::from_ints(shape, {values.begin(), values.end()});
}

std::vector<Constant> fold_quantize(const NodeView& view) {
  const Levels levels = levels_of(view, quantized_type(view));
  return {to_integers(view.input_shape(0), mapped(view, [&](float x, float scale, float zero) {
                        return std::clamp(std::nearbyint(x / scale) + zero, levels.low,
                                          levels.high);
                      }))};
}

class QuantizeOperation final : public Operation {
 public:
  QuantizeOperation(Quantizer quantizer, const ThreadPool& pool)
      : quantizer_(std::move(quantizer)), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    quantize(quantizer_, inputs[0], outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    quantize_gradient(quantizer_, arguments.inputs[0], arguments.output_gradients[0],
                      arguments.input_gradients[0], pool_);
  }

  void jvp(const JvpArguments& arguments) override { symmetric_jvp(arguments); }

 private:
  Quantizer quantizer_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare_quantize(const NodeView& view, const ThreadPool& pool) {
  Scales scales = scales_of(view);
  const Levels levels = levels_of(view, quantized_type(view));
  return std::make_unique<QuantizeOperation>(Quantizer{.view = scales.view,
                                                       .scale = std::move(scales.scale),
                                                       .zero_point = std::move(scales.zero_point),
                                                       .low = levels.low,
                                                       .high = levels.high,
                                                       .fake = view.node.op_type == "FakeQuantize"},
                                             pool);
}

class DequantizeOperation final : public Operation {
 public:
  DequantizeOperation(Scales scales, const ThreadPool& pool)
      : scales_(std::move(scales)), pool_(pool) {
    for (std::size_t i = 0; i < scales_.scale.size(); ++i) {
      shift_.push_back(-scales_.scale[i] * scales_.zero_point[i]);
    }
  }

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    scale_shift(scales_.view, inputs[0], scales_.scale, shift_, outputs[0], {}, pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    scale_channels(scales_.view, arguments.output_gradients[0], scales_.scale,
                   arguments.input_gradients[0], Write::Assign, pool_);
  }

 private:
  Scales scales_;
  std::vector<float> shift_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare_dequantize(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<DequantizeOperation>(scales_of(view), pool);
}

/// Scale and zero point of a constant x, so that [min(x, 0), max(x, 0)] becomes [0, 255].
std::vector<Constant> fold_dynamic(const NodeView& view) {
  const std::vector<float> x = view.constant(0)->floats();
  float low = 0.0F;
  float high = 0.0F;
  for (const float value : x) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const float range = high - low;
  const float scale = range > 0.0F ? range / 255.0F : 1.0F;
  const float zero = std::clamp(std::nearbyint(-low / scale), 0.0F, 255.0F);
  std::vector<float> q;
  for (const float value : x) {
    q.push_back(std::clamp(std::nearbyint(value / scale) + zero, 0.0F, 255.0F));
  }
  return {to_integers(view.input_shape(0), q), Constant::from_floats({}, {scale}),
          to_integers({}, {zero})};
}

std::vector<InferredValue> infer_dynamic(const NodeView& view) {
  expect_inputs(view, 1, 1);
  expect_outputs(view, 3);
  expect_floating(view, 0);
  return {{view.input_shape(0), DType::UInt8}, {{}, DType::Float32}, {{}, DType::UInt8}};
}

/// A live x stays as it is, scale 1 and zero point 0: dynamic quantisation is there for integer
/// hardware and changes x by at most half a step, which float32 does not need.
bool decompose_dynamic(Decomposition& to) {
  infer_dynamic(to.original());
  const std::vector<ValueId>& outputs = to.original().node.outputs;
  const auto used = [&](std::size_t i) { return i < outputs.size() && outputs[i] != kNoValue; };
  if (used(1)) to.finish("Identity", {to.number(1.0F)}, {}, 1);
  if (used(2)) to.finish("Identity", {to.constant(Constant::from_ints({}, {0}))}, {}, 2);
  if (used(0)) to.finish("Identity", {to.input(0)});
  return true;
}

Kind activation_kind(const NodeView&) { return Kind::Activation; }
Kind affine_kind(const NodeView&) { return Kind::Affine; }
Kind blind_kind(const NodeView&) { return Kind::Blind; }

bool quantized_is_non_negative(const NodeView& view, std::span<const bool>) {
  return levels_of(view, quantized_type(view)).low == 0.0F;
}

/// Whether the smallest level stands for 0.
bool starts_at_zero(const NodeView& view, DType dtype) {
  if (dtype != DType::UInt8 && dtype != DType::Int8) return false;
  const float low = levels_of(view, dtype).low;
  return std::ranges::all_of(scales_of(view).zero_point, [low](float zero) { return zero == low; });
}

bool dequantized_is_non_negative(const NodeView& view, std::span<const bool>) {
  return starts_at_zero(view, view.input(0).dtype);
}

bool fake_is_non_negative(const NodeView& view, std::span<const bool> inputs) {
  return inputs[0] || starts_at_zero(view, quantized_type(view));
}

void permute_axes(Graph& graph, Node& node) { permute_axis_attribute(graph, node, 1); }

}  // namespace

std::span<const Op> quantize_ops() {
  static const std::array ops = {
      Op{.type = "QuantizeLinear",
         .kind = activation_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_quantize,
         .permute_axes = permute_axes,
         .fold = fold_quantize,
         .prepare = prepare_quantize,
         .vjp_reads = {.inputs = true},
         .non_negative = quantized_is_non_negative},
      Op{.type = "DequantizeLinear",
         .kind = affine_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_dequantize,
         .permute_axes = permute_axes,
         .fold = fold_dequantize,
         .prepare = prepare_dequantize,
         .non_negative = dequantized_is_non_negative},
      Op{.type = "FakeQuantize",
         .domain = kOwnDomain,
         .kind = activation_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_fake,
         .permute_axes = permute_axes,
         .prepare = prepare_quantize,
         .vjp_reads = {.inputs = true},
         .non_negative = fake_is_non_negative},
      Op{.type = "DynamicQuantizeLinear",
         .kind = blind_kind,
         .infer = infer_dynamic,
         .fold = fold_dynamic,
         .decompose = decompose_dynamic},
  };
  return ops;
}

}  // namespace relcam
