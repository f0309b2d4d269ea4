#include <array>
#include <optional>

#include "base/error.h"
#include "base/onnx_dtype.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

DType target_of(const NodeView& view) {
  const std::int64_t number = view.node.integer("to", 0);
  const std::optional<DType> dtype = onnx_dtype(number);
  if (!dtype) {
    refuse(view, "it casts to element type " + std::to_string(number) + ", which is not supported");
  }
  return *dtype;
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, 1);
  return one_output(view, view.input_shape(0), target_of(view));
}

/// CastLike takes the type of its second input.
std::vector<InferredValue> infer_like(const NodeView& view) {
  expect_inputs(view, 2, 2);
  return one_output(view, view.input_shape(0), view.input(1).dtype);
}

Constant to_bools(const Constant& data) {
  std::vector<std::uint8_t> bools;
  for (const float value : data.floats()) bools.push_back(value != 0.0F ? 1 : 0);
  return Constant::from_bools(data.shape(), std::move(bools));
}

std::vector<Constant> fold_to(const Constant& data, DType target) {
  if (data.dtype() == target) return {data};
  if (target == DType::Bool) return {to_bools(data)};
  if (is_floating(target)) return {Constant::from_floats(data.shape(), data.floats())};
  return {Constant::from_ints(data.shape(), data.ints())};
}

std::vector<Constant> fold(const NodeView& view) {
  return fold_to(*view.constant(0), target_of(view));
}

std::vector<Constant> fold_like(const NodeView& view) {
  return fold_to(*view.constant(0), view.input(1).dtype);
}

/// A truth value is whether the number differs from 0.
template <auto infer_node>
bool decompose_to_bool(Decomposition& to) {
  const NodeView& view = to.original();
  const DType from = view.input(0).dtype;
  if (from == DType::Bool || infer_node(view).front().dtype != DType::Bool) return false;
  const ValueId zero =
      is_floating(from) ? to.number(0.0F) : to.constant(Constant::from_ints({}, {0}));
  to.finish("Not", {to.add("Equal", {to.input(0), zero})});
  return true;
}

/// Live values are floats whatever their type: casts that could round are refused.
std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  const DType from = view.input(0).dtype;
  const DType to = view.output(0).dtype;
  if (is_floating(from) && !is_floating(to)) {
    refuse_unsupported(
        view, "it rounds a value that depends on the image to " + std::string(to_string(to)));
  }
  return prepare_copy(view, pool);
}

}  // namespace

std::span<const Op> cast_ops() {
  static const std::array ops = {
      Op{.type = "Cast",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer,
         .fold = fold,
         .prepare = prepare,
         .decompose = decompose_to_bool<infer>,
         .non_negative = route_is_non_negative},
      Op{.type = "CastLike",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer_like,
         .permute_axes = [](Graph&, Node&) {},
         .fold = fold_like,
         .prepare = prepare,
         .decompose = decompose_to_bool<infer_like>,
         .non_negative = route_is_non_negative},
  };
  return ops;
}

}  // namespace relcam
