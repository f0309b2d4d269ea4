#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Operators on quantised tensors, of ONNX and of ONNX Runtime's static and dynamic quantisation:
/// the float operator between DequantizeLinear and QuantizeLinear.

constexpr std::string_view kMicrosoft = "com.microsoft";

/// The named inputs of a quantised tensor: its values at `at`, then scale and zero point.
ValueId real(Decomposition& to, std::size_t at, std::int64_t axis = 1) {
  const NodeView& view = to.original();
  std::vector<ValueId> inputs = {to.input(at), to.input(at + 1)};
  if (view.has_input(at + 2)) inputs.push_back(to.input(at + 2));
  return to.add("DequantizeLinear", std::move(inputs), {{"axis", axis}});
}

/// An int32 bias, whose scale is the product of those of data and weights.
ValueId real_bias(Decomposition& to, std::size_t at, std::size_t data_scale,
                  std::size_t weight_scale) {
  const ValueId scale = to.add("Mul", {to.input(data_scale), to.input(weight_scale)});
  return to.add("DequantizeLinear", {to.input(at), scale}, {{"axis", std::int64_t{0}}});
}

/// Output 0, quantised with the scale at input `at` and the zero point behind it.
void finish_quantized(Decomposition& to, ValueId y, std::size_t at) {
  std::vector<ValueId> inputs = {y, to.input(at)};
  if (to.original().has_input(at + 1)) inputs.push_back(to.input(at + 1));
  to.finish("QuantizeLinear", std::move(inputs));
}

/// Integers less their zero point (input `zero`, one or one per row of `axis`), as floats.
ValueId centred(Decomposition& to, std::size_t at, std::size_t zero, std::int64_t axis) {
  const NodeView& view = to.original();
  const std::vector<float> zeros = view.has_input(zero)
                                       ? required_constant(view, zero, "zero_point").floats()
                                       : std::vector<float>{};
  if (std::ranges::count(zeros, 0.0F) == static_cast<std::int64_t>(zeros.size())) {
    return to.add("Cast", {to.input(at)}, {{"to", std::int64_t{1}}});
  }
  const Constant ones =
      Constant::from_floats(view.input_shape(zero), std::vector<float>(zeros.size(), 1.0F));
  return to.add("DequantizeLinear", {to.input(at), to.constant(ones), to.input(zero)},
                {{"axis", axis}});
}

/// Of the last but `from_last` axis of input `at`.
std::int64_t axis_from_last(const NodeView& view, std::size_t at, std::int64_t from_last) {
  return std::max<std::int64_t>(0,
                                static_cast<std::int64_t>(view.input_shape(at).size()) - from_last);
}

bool conv_integer(Decomposition& to) {
  expect_inputs(to.original(), 2, 4);
  expect_outputs(to.original(), 1);
  to.finish("Conv", {centred(to, 0, 2, 1), centred(to, 1, 3, 0)}, to.original().node.attributes);
  return true;
}

ValueId integer_product(Decomposition& to, std::size_t a_zero, std::size_t b_zero) {
  const NodeView& view = to.original();
  return to.add("MatMul", {centred(to, 0, a_zero, axis_from_last(view, 0, 2)),
                           centred(to, 1, b_zero, axis_from_last(view, 1, 1))});
}

bool matmul_integer(Decomposition& to) {
  expect_inputs(to.original(), 2, 4);
  expect_outputs(to.original(), 1);
  to.finish("Identity", {integer_product(to, 2, 3)});
  return true;
}

bool qlinear_conv(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 8, 9);
  expect_outputs(view, 1);
  std::vector<ValueId> inputs = {real(to, 0), real(to, 3, 0)};
  if (view.has_input(8)) inputs.push_back(real_bias(to, 8, 1, 4));
  finish_quantized(to, to.add("Conv", std::move(inputs), view.node.attributes), 6);
  return true;
}

bool qlinear_matmul(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 8, 8);
  expect_outputs(view, 1);
  const ValueId product = to.add(
      "MatMul", {real(to, 0, axis_from_last(view, 0, 2)), real(to, 3, axis_from_last(view, 3, 1))});
  finish_quantized(to, product, 6);
  return true;
}

/// Of two operands: QLinearAdd and QLinearMul.
bool qlinear_binary(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 7, 8);
  expect_outputs(view, 1);
  const std::string_view type = std::string_view(view.node.op_type).substr(7);
  finish_quantized(to, to.add(type, {real(to, 0), real(to, 3)}), 6);
  return true;
}

/// Of one operand: QLinearSigmoid is Sigmoid, and so on.
bool qlinear_unary(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 4, 5);
  expect_outputs(view, 1);
  if (view.node.integer("channels_last", 0) != 0) {
    refuse_unsupported(view, "channels_last is not supported; quantise without layout changes");
  }
  const std::string_view type = std::string_view(view.node.op_type).substr(7);
  finish_quantized(to, to.add(type, {real(to, 0)}, view.node.attributes), 3);
  return true;
}

bool qlinear_concat(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 5, 1U << 16U);
  expect_outputs(view, 1);
  if (view.input_count() % 3 != 2) refuse(view, "its inputs do not come in threes");
  std::vector<ValueId> parts;
  for (std::size_t i = 2; i < view.input_count(); i += 3) parts.push_back(real(to, i));
  finish_quantized(to, to.add("Concat", std::move(parts), view.node.attributes), 0);
  return true;
}

/// Without an output scale the result stays float.
bool qgemm(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 6, 9);
  expect_outputs(view, 1);
  const bool turned = view.node.integer("transB", 0) != 0;
  std::vector<ValueId> inputs = {real(to, 0), real(to, 3, turned ? 0 : 1)};
  if (view.has_input(6)) inputs.push_back(real_bias(to, 6, 1, 4));
  if (!view.has_input(7)) {
    to.finish("Gemm", std::move(inputs), view.node.attributes);
  } else {
    finish_quantized(to, to.add("Gemm", std::move(inputs), view.node.attributes), 7);
  }
  return true;
}

/// y plus the bias at input `at`, if there is one.
void finish_biased(Decomposition& to, ValueId y, std::size_t at) {
  if (to.original().has_input(at)) {
    to.finish("Add", {y, to.input(at)});
  } else {
    to.finish("Identity", {y});
  }
}

/// A is quantised for the product only, which float32 does not need.
bool dynamic_quantize_matmul(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 3, 5);
  expect_outputs(view, 1);
  std::vector<ValueId> weights = {to.input(1), to.input(2)};
  if (view.has_input(3)) weights.push_back(to.input(3));
  const ValueId b =
      to.add("DequantizeLinear", std::move(weights), {{"axis", axis_from_last(view, 1, 1)}});
  finish_biased(to, to.add("MatMul", {to.input(0), b}), 4);
  return true;
}

bool matmul_integer_to_float(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 4, 7);
  expect_outputs(view, 1);
  const ValueId scale = to.add("Mul", {to.input(2), to.input(3)});
  finish_biased(to, to.add("Mul", {integer_product(to, 4, 5), scale}), 6);
  return true;
}

/// Conv, what is added to it (input 3), and an activation.
bool fused_conv(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 2, 4);
  expect_outputs(view, 1);
  std::vector<ValueId> inputs = {to.input(0), to.input(1)};
  if (view.has_input(2)) inputs.push_back(to.input(2));
  ValueId y = to.add("Conv", std::move(inputs), view.node.attributes);
  if (view.has_input(3)) y = to.add("Add", {y, to.input(3)});
  const std::string activation = view.node.text("activation", "");
  constexpr std::array<std::string_view, 3> kPlain = {"Relu", "Sigmoid", "Tanh"};
  if (activation.empty()) {
    to.finish("Identity", {y});
  } else if (std::ranges::find(kPlain, activation) != kPlain.end()) {
    to.finish(activation, {y});
  } else {
    refuse_unsupported(view, "its activation '" + activation + "' is not supported");
  }
  return true;
}

bool gelu(Decomposition& to) {
  expect_inputs(to.original(), 1, 1);
  to.finish("Gelu", {to.input(0)});
  return true;
}

bool bias_gelu(Decomposition& to) {
  expect_inputs(to.original(), 2, 2);
  to.finish("Gelu", {to.add("Add", {to.input(0), to.input(1)})});
  return true;
}

bool fast_gelu(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 1, 2);
  const ValueId x = view.has_input(1) ? to.add("Add", {to.input(0), to.input(1)}) : to.input(0);
  to.finish("Gelu", {x}, {{"approximate", std::string("tanh")}});
  return true;
}

bool quick_gelu(Decomposition& to) {
  expect_inputs(to.original(), 1, 1);
  to.finish("Swish", {to.input(0)}, {{"alpha", to.original().node.number("alpha", 1.702F)}});
  return true;
}

/// The same operator of ONNX.
bool same(Decomposition& to) {
  const Node& node = to.original().node;
  to.finish(node.op_type, node.inputs, node.attributes);
  return true;
}

}  // namespace

std::span<const Op> quantized_ops() {
  static const std::array ops = {
      Op{.type = "ConvInteger", .decompose = conv_integer},
      Op{.type = "MatMulInteger", .decompose = matmul_integer},
      Op{.type = "QLinearConv", .decompose = qlinear_conv},
      Op{.type = "QLinearMatMul", .decompose = qlinear_matmul},
      Op{.type = "QLinearAdd", .domain = kMicrosoft, .decompose = qlinear_binary},
      Op{.type = "QLinearMul", .domain = kMicrosoft, .decompose = qlinear_binary},
      Op{.type = "QLinearSigmoid", .domain = kMicrosoft, .decompose = qlinear_unary},
      Op{.type = "QLinearLeakyRelu", .domain = kMicrosoft, .decompose = qlinear_unary},
      Op{.type = "QLinearSoftmax", .domain = kMicrosoft, .decompose = qlinear_unary},
      Op{.type = "QLinearAveragePool", .domain = kMicrosoft, .decompose = qlinear_unary},
      Op{.type = "QLinearGlobalAveragePool", .domain = kMicrosoft, .decompose = qlinear_unary},
      Op{.type = "QLinearConcat", .domain = kMicrosoft, .decompose = qlinear_concat},
      Op{.type = "QGemm", .domain = kMicrosoft, .decompose = qgemm},
      Op{.type = "DynamicQuantizeMatMul",
         .domain = kMicrosoft,
         .decompose = dynamic_quantize_matmul},
      Op{.type = "MatMulIntegerToFloat",
         .domain = kMicrosoft,
         .decompose = matmul_integer_to_float},
      Op{.type = "QuantizeLinear", .domain = kMicrosoft, .decompose = same},
      Op{.type = "DequantizeLinear", .domain = kMicrosoft, .decompose = same},
      Op{.type = "FusedConv", .domain = kMicrosoft, .decompose = fused_conv},
      Op{.type = "Gelu", .domain = kMicrosoft, .decompose = gelu},
      Op{.type = "BiasGelu", .domain = kMicrosoft, .decompose = bias_gelu},
      Op{.type = "FastGelu", .domain = kMicrosoft, .decompose = fast_gelu},
      Op{.type = "QuickGelu", .domain = kMicrosoft, .decompose = quick_gelu},
  };
  return ops;
}

}  // namespace relcam
