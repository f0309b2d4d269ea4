#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "kernels/pointwise.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// When the result cannot be negative.
enum class Sign : std::uint8_t { Never, WhenInputIs, Always };

/// One function of one variable. Gradients follow PyTorch where a function has a kink:
/// relu'(0) = 0, and clip lets gradients through strictly inside its limits only.
struct Row {
  std::string_view type;
  const Pointwise* function;
  PointwiseParameters (*parameters)(const NodeView&) = nullptr;
  Sign sign = Sign::WhenInputIs;
  std::int64_t (*integer)(std::int64_t x) = nullptr;
};

PointwiseParameters slope(const NodeView& view) {
  return {.alpha = view.node.number("alpha", 0.01F)};
}

PointwiseParameters unit_alpha(const NodeView& view) {
  return {.alpha = view.node.number("alpha", 1.0F)};
}

PointwiseParameters celu_alpha(const NodeView& view) {
  const PointwiseParameters parameters = unit_alpha(view);
  if (parameters.alpha == 0.0F) refuse(view, "its alpha must not be 0");
  return parameters;
}

PointwiseParameters hard_sigmoid_line(const NodeView& view) {
  return {.alpha = view.node.number("alpha", 0.2F), .beta = view.node.number("beta", 0.5F)};
}

/// ONNX's gamma is `beta` here; its defaults are those of Klambauer et al. 2017.
PointwiseParameters selu_constants(const NodeView& view) {
  return {.alpha = view.node.number("alpha", 1.67326319217681884765625F),
          .beta = view.node.number("gamma", 1.05070102214813232421875F)};
}

float clip_limit(const NodeView& view, std::size_t input, std::string_view name, float fallback) {
  if (view.graph.opset < 11) return view.node.number(name, fallback);
  if (!view.has_input(input)) return fallback;
  const Constant& limit = required_constant(view, input, name);
  if (limit.size() != 1) refuse(view, "its input '" + std::string(name) + "' should be a scalar");
  return limit.floats().front();
}

PointwiseParameters clip_limits(const NodeView& view) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {.alpha = clip_limit(view, 1, "min", -kInfinity),
          .beta = clip_limit(view, 2, "max", kInfinity)};
}

std::int64_t absolute(std::int64_t x) { return x < 0 ? wrapped(0 - bits(x)) : x; }
std::int64_t negative(std::int64_t x) { return wrapped(0 - bits(x)); }
std::int64_t positive_part(std::int64_t x) { return std::max<std::int64_t>(x, 0); }
std::int64_t sign_of(std::int64_t x) { return x > 0 ? 1 : (x < 0 ? -1 : 0); }

constexpr std::array kRows = {
    Row{.type = "Relu",
        .function = &pointwise::relu,
        .sign = Sign::Always,
        .integer = positive_part},
    Row{.type = "Clip", .function = &pointwise::clip, .parameters = clip_limits},
    Row{.type = "Sigmoid", .function = &pointwise::sigmoid, .sign = Sign::Always},
    Row{.type = "Tanh", .function = &pointwise::tanh},
    Row{.type = "HardSigmoid",
        .function = &pointwise::hard_sigmoid,
        .parameters = hard_sigmoid_line,
        .sign = Sign::Always},
    Row{.type = "HardSwish", .function = &pointwise::hard_swish},
    Row{.type = "LeakyRelu", .function = &pointwise::leaky_relu, .parameters = slope},
    Row{.type = "Elu", .function = &pointwise::elu, .parameters = unit_alpha},
    Row{.type = "Selu",
        .function = &pointwise::selu,
        .parameters = selu_constants,
        .sign = Sign::Never},
    Row{.type = "Celu", .function = &pointwise::celu, .parameters = celu_alpha},
    Row{.type = "Softplus", .function = &pointwise::softplus, .sign = Sign::Always},
    Row{.type = "Softsign", .function = &pointwise::softsign},
    Row{.type = "ThresholdedRelu",
        .function = &pointwise::thresholded_relu,
        .parameters = unit_alpha},
    Row{.type = "Swish", .function = &pointwise::swish, .parameters = unit_alpha},
    Row{.type = "Mish", .function = &pointwise::mish},
    Row{.type = "Gelu", .function = &pointwise::gelu},
    Row{.type = "Abs", .function = &pointwise::abs, .sign = Sign::Always, .integer = absolute},
    Row{.type = "Exp", .function = &pointwise::exp, .sign = Sign::Always},
    Row{.type = "Log", .function = &pointwise::log, .sign = Sign::Never},
    Row{.type = "Sqrt", .function = &pointwise::sqrt, .sign = Sign::Always},
    Row{.type = "Neg", .function = &pointwise::neg, .sign = Sign::Never, .integer = negative},
    Row{.type = "Reciprocal", .function = &pointwise::reciprocal},
    Row{.type = "Erf", .function = &pointwise::erf},
    Row{.type = "Floor", .function = &pointwise::floor},
    Row{.type = "Ceil", .function = &pointwise::ceil},
    Row{.type = "Round", .function = &pointwise::round},
    Row{.type = "Sign", .function = &pointwise::sign, .integer = sign_of},
    Row{.type = "Sin", .function = &pointwise::sin, .sign = Sign::Never},
    Row{.type = "Cos", .function = &pointwise::cos, .sign = Sign::Never},
};

const Row& row_of(const NodeView& view) {
  return *std::ranges::find(kRows, std::string_view(view.node.op_type), &Row::type);
}

const Pointwise& function_of(const NodeView& view) {
  if (view.node.op_type != "Gelu") return *row_of(view).function;
  const std::string approximate = view.node.text("approximate", "none");
  if (approximate == "tanh") return pointwise::gelu_tanh;
  if (approximate != "none") refuse(view, "its attribute 'approximate' should be none or tanh");
  return pointwise::gelu;
}

PointwiseParameters parameters_of(const NodeView& view) {
  const Row& row = row_of(view);
  return row.parameters == nullptr ? PointwiseParameters{} : row.parameters(view);
}

Kind kind(const NodeView&) { return Kind::Activation; }

bool takes_integers(const NodeView& view) {
  return row_of(view).integer != nullptr || view.node.op_type == "Clip";
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, view.node.op_type == "Clip" && view.graph.opset >= 11 ? 3 : 1);
  if (!takes_integers(view)) expect_floating(view, 0);
  function_of(view);
  parameters_of(view);
  return one_output(view, view.input_shape(0), view.input(0).dtype);
}

std::int64_t clipped(const NodeView& view, std::int64_t x) {
  if (view.has_input(1)) x = std::max(x, view.constant(1)->ints().front());
  if (view.has_input(2)) x = std::min(x, view.constant(2)->ints().front());
  return x;
}

std::vector<Constant> fold_integers(const NodeView& view) {
  Elements<std::int64_t> elements = integers_of(*view.constant(0));
  for (std::int64_t& x : elements.values) {
    x = row_of(view).integer == nullptr ? clipped(view, x) : row_of(view).integer(x);
  }
  return {to_constant(std::move(elements))};
}

std::vector<Constant> fold(const NodeView& view) {
  if (!is_floating(view.input(0).dtype)) return fold_integers(view);
  Elements<float> elements = floats_of(*view.constant(0));
  function_of(view).forward(elements.values, elements.values, parameters_of(view));
  return {to_constant(std::move(elements))};
}

class ActivationOperation : public Operation {
 public:
  ActivationOperation(const NodeView& view, const ThreadPool& pool)
      : function_(function_of(view)), parameters_(parameters_of(view)), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    apply_pointwise(function_, inputs[0], outputs[0], parameters_, pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    apply_pointwise_gradient(
        function_, function_.gradient_reads_output ? arguments.outputs[0] : arguments.inputs[0],
        arguments.output_gradients[0], arguments.input_gradients[0], parameters_, pool_);
  }

  void jvp(const JvpArguments& arguments) override { symmetric_jvp(arguments); }

 private:
  const Pointwise& function_;
  PointwiseParameters parameters_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<ActivationOperation>(view, pool);
}

bool non_negative(const NodeView& view, std::span<const bool> inputs) {
  const Sign sign = row_of(view).sign;
  return sign == Sign::Always || (sign == Sign::WhenInputIs && inputs[0]);
}

bool clip_is_non_negative(const NodeView& view, std::span<const bool> inputs) {
  const PointwiseParameters limits = clip_limits(view);
  return limits.beta >= 0.0F && (limits.alpha >= 0.0F || inputs[0]);
}

Clamp relu_clamp(const NodeView&) { return {.low = 0.0F}; }

Clamp clip_clamp(const NodeView& view) {
  const PointwiseParameters limits = clip_limits(view);
  return {.low = limits.alpha, .high = limits.beta};
}

Op op_of(const Row& row) {
  Op op{.type = row.type,
        .kind = kind,
        .layout = LayoutPolicy::Follow,
        .infer = infer,
        .permute_axes = [](Graph&, Node&) {},
        .fold = fold,
        .prepare = prepare,
        .vjp_reads = {.inputs = !row.function->gradient_reads_output,
                      .outputs = row.function->gradient_reads_output},
        .non_negative = non_negative};
  if (row.type == "Relu") op.as_clamp = relu_clamp;
  if (row.type == "Clip") {
    op.as_clamp = clip_clamp;
    op.non_negative = clip_is_non_negative;
  }
  return op;
}

}  // namespace

std::span<const Op> activation_ops() {
  static const auto ops = [] {
    std::array<Op, kRows.size()> result;
    std::ranges::transform(kRows, result.begin(), op_of);
    return result;
  }();
  return ops;
}

}  // namespace relcam
