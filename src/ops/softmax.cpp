#include "kernels/softmax.h"

#include <array>
#include <numeric>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Own; }

/// Before opset 13 everything from the axis on counts as one axis.
bool flattens(const NodeView& view) { return view.graph.opset < 13; }

AxisView axis_view(const NodeView& view) {
  const Shape& shape = view.input_shape(0);
  const std::int64_t fallback = flattens(view) ? 1 : -1;
  const auto axis = static_cast<std::ptrdiff_t>(
      checked_axis(view, view.node.integer("axis", fallback), shape.size()));
  const auto product = [](auto begin, auto end) {
    return static_cast<std::size_t>(
        std::accumulate(begin, end, std::int64_t{1}, std::multiplies<>{}));
  };
  const auto at = shape.begin() + axis;
  if (flattens(view)) {
    return {.outer = product(shape.begin(), at), .extent = product(at, shape.end())};
  }
  return {.outer = product(shape.begin(), at),
          .extent = static_cast<std::size_t>(*at),
          .inner = product(at + 1, shape.end())};
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, 1);
  expect_floating(view, 0);
  if (checked_count(view, view.input_shape(0)) == 0) refuse(view, "its input is empty");
  axis_view(view);
  return one_output(view, view.input_shape(0), view.input(0).dtype);
}

using Forward = decltype(&softmax);
using Gradient = decltype(&softmax_gradient);

template <Forward run>
std::vector<Constant> fold(const NodeView& view) {
  const ThreadPool caller(1);
  const std::vector<float> x = view.constant(0)->floats();
  std::vector<float> y(x.size());
  run(axis_view(view), x, y, caller);
  return {Constant::from_floats(view.input_shape(0), std::move(y))};
}

/// `tangent` has the arguments of `gradient`.
template <Forward run, Gradient gradient, Gradient tangent>
class SoftmaxOperation : public Operation {
 public:
  SoftmaxOperation(const NodeView& view, const ThreadPool& pool)
      : view_(axis_view(view)), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    run(view_, inputs[0], outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    gradient(view_, arguments.outputs[0], arguments.output_gradients[0],
             arguments.input_gradients[0], pool_);
  }

  void jvp(const JvpArguments& arguments) override {
    tangent(view_, arguments.outputs[0], arguments.input_tangents[0], arguments.output_tangents[0],
            pool_);
  }

 private:
  AxisView view_;
  const ThreadPool& pool_;
};

template <Forward run, Gradient gradient, Gradient tangent>
std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<SoftmaxOperation<run, gradient, tangent>>(view, pool);
}

bool always(const NodeView&, std::span<const bool>) { return true; }

}  // namespace

std::span<const Op> softmax_ops() {
  static const std::array ops = {
      Op{.type = "Softmax",
         .kind = kind,
         .infer = infer,
         .fold = fold<softmax>,
         .prepare = prepare<softmax, softmax_gradient, softmax_gradient>,
         .vjp_reads = {.outputs = true},
         .non_negative = always},
      Op{.type = "LogSoftmax",
         .kind = kind,
         .infer = infer,
         .fold = fold<log_softmax>,
         .prepare = prepare<log_softmax, log_softmax_gradient, log_softmax_tangent>,
         .vjp_reads = {.outputs = true}},
  };
  return ops;
}

}  // namespace relcam
