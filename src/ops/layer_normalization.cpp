#include <array>
#include <string>
#include <string_view>

#include "kernels/layer_norm.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Normalization; }

/// The axes that are normalised together, from `axis` on.
Shape normalized_shape(const NodeView& view) {
  const Shape& shape = view.input_shape(0);
  const std::size_t axis = checked_axis(view, view.node.integer("axis", -1), shape.size());
  return {shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()};
}

void check_parameter(const NodeView& view, std::size_t input, std::string_view name) {
  const Constant& parameter = required_constant(view, input, name);
  const Shape expected = normalized_shape(view);
  if (parameter.size() == element_count(expected)) return;
  refuse_unsupported(view, "its '" + std::string(name) + "' has shape " +
                               to_string(parameter.shape()) + " where " + to_string(expected) +
                               " is supported");
}

/// RMSNormalization (since opset 23) subtracts no mean and adds no shift.
bool is_centred(const NodeView& view) { return view.node.op_type == "LayerNormalization"; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, is_centred(view) ? 3 : 2);
  expect_outputs(view, is_centred(view) ? 3 : 1);
  expect_floating(view, 0);
  view.node.number("epsilon", 1e-5F);
  const std::size_t size = checked_count(view, view.input_shape(0));
  if (size == 0 || element_count(normalized_shape(view)) == 0) refuse(view, "its input is empty");
  check_parameter(view, 1, "Scale");
  if (view.has_input(2)) check_parameter(view, 2, "B");
  return {{view.input_shape(0), view.input(0).dtype}};
}

/// Mean and inverse deviation, where they are asked for, by the operators that these are.
bool decompose(Decomposition& to) {
  const Node& node = to.original().node;
  const auto used = [&](std::size_t i) {
    return i < node.outputs.size() && node.outputs[i] != kNoValue;
  };
  if (!used(1) && !used(2)) return false;
  expect_outputs(to.original(), 3);
  std::vector<std::int64_t> axes;
  const auto rank = static_cast<std::int64_t>(to.original().input_shape(0).size());
  const auto count = static_cast<std::int64_t>(normalized_shape(to.original()).size());
  for (std::int64_t axis = rank - count; axis < rank; ++axis) axes.push_back(axis);
  const ValueId mean = to.reduced("ReduceMean", to.input(0), axes);
  const ValueId distance = to.add("Sub", {to.input(0), mean});
  const ValueId variance = to.reduced("ReduceMean", to.add("Mul", {distance, distance}), axes);
  const ValueId epsilon = to.number(node.number("epsilon", 1e-5F));
  const ValueId deviation = to.add("Sqrt", {to.add("Add", {variance, epsilon})});
  if (used(1)) to.finish("Identity", {mean}, {}, 1);
  if (used(2)) to.finish("Reciprocal", {deviation}, {}, 2);
  to.finish("LayerNormalization", node.inputs, node.attributes);
  return true;
}

class LayerNormalizationOperation final : public Operation {
 public:
  LayerNormalizationOperation(const NodeView& view, const ThreadPool& pool)
      : scale_(view.constant(1)->floats()),
        shift_(view.has_input(2) ? view.constant(2)->floats() : std::vector<float>{}),
        epsilon_(view.node.number("epsilon", 1e-5F)),
        centred_(is_centred(view)),
        pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    layer_norm(norm(), inputs[0], outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    layer_norm_gradient(norm(), arguments.inputs[0], arguments.output_gradients[0],
                        arguments.input_gradients[0], pool_);
  }

  void frozen_vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    LayerNorm frozen = norm();
    frozen.frozen = true;
    layer_norm_gradient(frozen, arguments.inputs[0], arguments.output_gradients[0],
                        arguments.input_gradients[0], pool_);
  }

  void jvp(const JvpArguments& arguments) override {
    layer_norm_tangent(norm(), arguments.inputs[0], arguments.input_tangents[0],
                       arguments.output_tangents[0], pool_);
  }

 private:
  LayerNorm norm() const {
    return {.scale = scale_, .shift = shift_, .epsilon = epsilon_, .centred = centred_};
  }

  std::vector<float> scale_;
  std::vector<float> shift_;
  float epsilon_;
  bool centred_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LayerNormalizationOperation>(view, pool);
}

constexpr Op op_of(std::string_view type) {
  return {.type = type,
          .kind = kind,
          .infer = infer,
          .prepare = prepare,
          .decompose = decompose,
          .vjp_reads = {.inputs = true}};
}

}  // namespace

std::span<const Op> layer_normalization_ops() {
  static constexpr std::array ops = {op_of("LayerNormalization"), op_of("RMSNormalization")};
  return ops;
}

}  // namespace relcam
