#include <algorithm>
#include <string>

#include "ops/checks.h"
#include "ops/convolution_operation.h"
#include "ops/matmul_operation.h"
#include "ops/op.h"

namespace relcam {
namespace {

/// numpy.matmul: the last two axes multiply, those before broadcast; a vector on the left is a row,
/// on the right a column, and its axis is dropped from the result.
std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 2);
  expect_floating(view, 0);
  const Shape& left = view.input_shape(0);
  const Shape& right = view.input_shape(1);
  const std::string mismatch =
      to_string(left) + " and " + to_string(right) + " cannot be multiplied";
  if (left.empty() || right.empty()) refuse(view, mismatch);
  Shape a = left;
  Shape b = right;
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const std::int64_t inputs = a.back();
  if (inputs < 1 || b[b.size() - 2] != inputs) refuse(view, mismatch);

  Shape y = checked_broadcast(view, Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  if (left.size() > 1) y.push_back(a[a.size() - 2]);
  if (right.size() > 1) y.push_back(b.back());
  return one_output(view, std::move(y), DType::Float32);
}

/// Whether the second input is one matrix (or column) that multiplies every row of the first.
bool multiplies_rows(const NodeView& view) {
  const Constant* weights = view.constant(1);
  if (weights == nullptr || view.constant(0) != nullptr) return false;
  const Shape& shape = weights->shape();
  const auto batch_end =
      shape.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, shape.size()));
  return std::all_of(shape.begin(), batch_end, [](std::int64_t d) { return d == 1; });
}

Kind kind(const NodeView& view) { return multiplies_rows(view) ? Kind::Linear : Kind::Own; }

/// A third input, which ONNX does not know, is the bias that merge_matmul_bias found: one number
/// per column.
std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  if (element_count(view.input_shape(0)) == 0 || element_count(view.input_shape(1)) == 0) {
    refuse(view, "one of its inputs is empty");
  }
  if (!multiplies_rows(view)) return make_batch_product(view, pool);
  const Constant& weights = *view.constant(1);
  const auto inputs = static_cast<std::size_t>(view.input_shape(0).back());
  const std::size_t outputs = weights.size() / inputs;
  const std::size_t rows = element_count(view.input_shape(0)) / inputs;
  const std::vector<float> bias =
      view.has_input(2) ? view.constant(2)->floats() : std::vector<float>();
  const WeightSource source = {
      .values = weights, .order = WeightSource::Order::InputsFirst, .bias = bias};
  return make_matrix_product(rows, inputs, outputs, source, pool);
}

}  // namespace

std::span<const Op> matmul_ops() {
  static const Op kOps[] = {{.type = "MatMul",
                             .kind = kind,
                             .infer = infer,
                             .prepare = prepare,
                             .vjp_reads = {.inputs = true},
                             .clamps = true}};
  return kOps;
}

}  // namespace relcam
