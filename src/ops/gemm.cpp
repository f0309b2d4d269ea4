#include <string>

#include "ops/checks.h"
#include "ops/convolution_operation.h"
#include "ops/decomposition.h"
#include "ops/op.h"

namespace relcam {
namespace {

/// y[rows][outputs] = A[rows][inputs] B[inputs][outputs].
struct Sizes {
  std::int64_t rows;
  std::int64_t inputs;
  std::int64_t outputs;
};

Sizes sizes_of(const NodeView& view) {
  const Shape& a = view.input_shape(0);
  const Shape& b = view.input_shape(1);
  if (a.size() != 2 || b.size() != 2) {
    refuse(view, "its inputs are " + to_string(a) + " and " + to_string(b) + ", not matrices");
  }
  const bool trans_a = view.node.integer("transA", 0) != 0;
  const bool trans_b = view.node.integer("transB", 0) != 0;
  const Sizes sizes = {a[trans_a ? 1 : 0], a[trans_a ? 0 : 1], b[trans_b ? 0 : 1]};
  if (sizes.inputs != b[trans_b ? 1 : 0] || sizes.rows < 1 || sizes.inputs < 1 ||
      sizes.outputs < 1) {
    refuse(view, "matrices " + to_string(a) + " and " + to_string(b) + " cannot be multiplied");
  }
  return sizes;
}

Kind kind(const NodeView&) { return Kind::Linear; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 3);
  expect_outputs(view, 1);
  expect_floating(view, 0);
  const Sizes sizes = sizes_of(view);
  Shape y = {sizes.rows, sizes.outputs};
  checked_count(view, y);
  if (view.has_input(2) && checked_broadcast(view, view.input_shape(2), y) != y) {
    refuse(view, "its addend " + to_string(view.input_shape(2)) + " does not fit the product " +
                     to_string(y));
  }
  return {{std::move(y)}};
}

/// Whether matrix and addend are constant, the addend the same for all rows, and rows stay rows.
bool is_layer(const NodeView& view) {
  const bool per_output =
      !view.has_input(2) || view.input_shape(2).size() < 2 || view.input_shape(2).front() == 1;
  const bool known = view.constant(1) != nullptr && view.constant(0) == nullptr &&
                     (!view.has_input(2) || view.constant(2) != nullptr);
  return known && per_output && view.node.integer("transA", 0) == 0;
}

/// Any other: alpha A' B' + beta C by the operators that these are.
bool decompose(Decomposition& to) {
  const NodeView& view = to.original();
  if (is_layer(view)) return false;
  infer(view);
  const auto oriented = [&](std::size_t input, std::string_view flag) {
    const bool turn = view.node.integer(flag, 0) != 0;
    return turn ? to.transposed(to.input(input), {1, 0}) : to.input(input);
  };
  const auto scaled = [&](ValueId x, std::string_view name) {
    const float factor = view.node.number(name, 1.0F);
    return factor == 1.0F ? x : to.add("Mul", {x, to.number(factor)});
  };
  const ValueId product =
      scaled(to.add("MatMul", {oriented(0, "transA"), oriented(1, "transB")}), "alpha");
  if (!view.has_input(2)) {
    to.finish("Identity", {product});
  } else {
    to.finish("Add", {product, scaled(to.input(2), "beta")});
  }
  return true;
}

/// beta * C as one value per output.
std::vector<float> bias_of(const NodeView& view, const Sizes& sizes) {
  if (!view.has_input(2)) return {};
  std::vector<float> bias = view.constant(2)->floats();
  if (bias.size() == 1) bias.resize(static_cast<std::size_t>(sizes.outputs), bias[0]);
  const float beta = view.node.number("beta", 1.0F);
  for (float& value : bias) value *= beta;
  return bias;
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  const Constant* weights = view.constant(1);
  const Sizes sizes = sizes_of(view);
  const std::vector<float> bias = bias_of(view, sizes);
  const WeightSource source = {.values = *weights,
                               .order = view.node.integer("transB", 0) != 0
                                            ? WeightSource::Order::OutputsFirst
                                            : WeightSource::Order::InputsFirst,
                               .scale = view.node.number("alpha", 1.0F),
                               .bias = bias};
  const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
  return make_matrix_product(size(sizes.rows), size(sizes.inputs), size(sizes.outputs), source,
                             pool);
}

}  // namespace

std::span<const Op> gemm_ops() {
  static const Op kOps[] = {{.type = "Gemm",
                             .kind = kind,
                             .infer = infer,
                             .prepare = prepare,
                             .decompose = decompose,
                             .clamps = true}};
  return kOps;
}

}  // namespace relcam
