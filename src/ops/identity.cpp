#include <algorithm>
#include <array>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

std::vector<InferredValue> infer_identity(const NodeView& view) {
  expect_inputs(view, 1, 1);
  return one_output(view, view.input_shape(0), view.input(0).dtype);
}

std::vector<Constant> fold_identity(const NodeView& view) { return {*view.constant(0)}; }

/// Ratio and training mode (inputs since opset 12) are not looked at: we never train.
std::vector<InferredValue> infer_dropout(const NodeView& view) {
  expect_inputs(view, 1, 3);
  expect_outputs(view, 2);
  const Shape& shape = view.input_shape(0);
  return {{shape, view.input(0).dtype}, {shape, DType::Bool}};
}

std::vector<Constant> fold_dropout(const NodeView& view) {
  const Constant& data = *view.constant(0);
  return {data, Constant::from_bools(data.shape(), std::vector<std::uint8_t>(data.size(), 1))};
}

/// Nothing is dropped when a model only predicts: the mask is all ones.
class DropoutOperation : public Operation {
 public:
  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    std::ranges::copy(inputs[0], outputs[0].begin());
    if (outputs.size() > 1) std::ranges::fill(outputs[1], 1.0F);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    std::ranges::copy(arguments.output_gradients[0], arguments.input_gradients[0].begin());
  }
};

std::unique_ptr<Operation> prepare_dropout(const NodeView&, const ThreadPool&) {
  return std::make_unique<DropoutOperation>();
}

}  // namespace

std::span<const Op> identity_ops() {
  static const std::array ops = {
      Op{.type = "Identity",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_identity,
         .fold = fold_identity,
         .prepare = prepare_copy,
         .non_negative = route_is_non_negative},
      Op{.type = "Dropout",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_dropout,
         .permute_axes = [](Graph&, Node&) {},
         .fold = fold_dropout,
         .prepare = prepare_dropout,
         .non_negative = route_is_non_negative},
  };
  return ops;
}

}  // namespace relcam
