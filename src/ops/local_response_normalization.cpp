#include <array>
#include <string>

#include "kernels/local_response.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// LRN, of images. Other ranks are written as images of one row.

Kind kind(const NodeView&) { return Kind::Normalization; }

LocalResponse norm_of(const NodeView& view, std::int64_t channels) {
  const std::int64_t size = view.node.integer("size", 0);
  if (size < 1) refuse(view, "its size should be at least 1");
  return {.channels = static_cast<std::size_t>(channels),
          .size = static_cast<std::size_t>(size),
          .alpha = view.node.number("alpha", 1e-4F),
          .beta = view.node.number("beta", 0.75F),
          .bias = view.node.number("bias", 1.0F)};
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, 1);
  expect_floating(view, 0);
  const Shape& x = view.input_shape(0);
  if (x.size() < 2 || checked_count(view, x) == 0) {
    refuse(view, "its input " + to_string(x) + " has no channels");
  }
  norm_of(view, x[1]);
  return one_output(view, x, view.input(0).dtype);
}

bool decompose(Decomposition& to) {
  const NodeView& view = to.original();
  const Shape x = infer(view).front().shape;
  if (x.size() == 4) return false;
  const ValueId image = to.reshaped(to.input(0), {x[0], x[1], 1, -1});
  to.finish("Reshape", {to.add("LRN", {image}, view.node.attributes), to.integers(x)});
  return true;
}

class LocalResponseOperation final : public Operation {
 public:
  LocalResponseOperation(const NodeView& view, const ThreadPool& pool)
      : norm_(norm_of(view, view.input_shape(0).back())), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    local_response(norm_, inputs[0], outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    local_response_gradient(norm_, arguments.inputs[0], arguments.output_gradients[0],
                            arguments.input_gradients[0], pool_);
  }

  void jvp(const JvpArguments& arguments) override {
    local_response_tangent(norm_, arguments.inputs[0], arguments.input_tangents[0],
                           arguments.output_tangents[0], pool_);
  }

 private:
  LocalResponse norm_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LocalResponseOperation>(view, pool);
}

}  // namespace

std::span<const Op> local_response_normalization_ops() {
  static const std::array ops = {
      Op{.type = "LRN",
         .kind = kind,
         .layout = LayoutPolicy::Spatial,
         .infer = infer,
         .prepare = prepare,
         .decompose = decompose,
         .vjp_reads = {.inputs = true},
         .non_negative = [](const NodeView&, std::span<const bool> inputs) { return inputs[0]; }}};
  return ops;
}

}  // namespace relcam
