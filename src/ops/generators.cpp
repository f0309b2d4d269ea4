#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/onnx_dtype.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// ConstantOfShape, Range and EyeLike: tensors made from a few numbers.

Kind kind(const NodeView&) { return Kind::Blind; }

Constant fill_value(const NodeView& view) {
  const auto found = view.node.attributes.find("value");
  if (found == view.node.attributes.end()) return Constant::from_floats({1}, {0.0F});
  const auto* value = std::get_if<Constant>(&found->second);
  if (value == nullptr || value->size() != 1) {
    refuse(view, "its attribute 'value' should be a tensor of one element");
  }
  return *value;
}

std::vector<InferredValue> infer_constant_of_shape(const NodeView& view) {
  expect_inputs(view, 1, 1);
  required_constant(view, 0, "shape");
  return one_output(view, constant_integers(view, 0, "shape", {}), fill_value(view).dtype());
}

std::vector<Constant> fold_constant_of_shape(const NodeView& view) {
  const Shape shape = infer_constant_of_shape(view).front().shape;
  const std::size_t count = element_count(shape);
  const Constant value = fill_value(view);
  if (is_floating(value.dtype())) {
    return {Constant::from_floats(shape, std::vector<float>(count, value.floats().front()))};
  }
  const std::int64_t integer = value.ints().front();
  if (value.dtype() == DType::Bool) {
    return {Constant::from_bools(shape, std::vector<std::uint8_t>(count, integer != 0 ? 1 : 0))};
  }
  return {Constant::from_ints(shape, std::vector<std::int64_t>(count, integer))};
}

const Constant& scalar(const NodeView& view, std::size_t input, std::string_view name) {
  const Constant& constant = required_constant(view, input, name);
  if (constant.size() != 1) refuse(view, "its " + std::string(name) + " should be a scalar");
  return constant;
}

/// The number of elements from start to limit (excluded).
std::int64_t range_count(const NodeView& view) {
  const auto number = [&](std::size_t input, std::string_view name) {
    const Constant& constant = scalar(view, input, name);
    return is_floating(constant.dtype()) ? static_cast<double>(constant.floats().front())
                                         : static_cast<double>(constant.ints().front());
  };
  const double count = std::ceil((number(1, "limit") - number(0, "start")) / number(2, "delta"));
  if (!(count <= static_cast<double>(kMaxElements))) refuse(view, "it counts without end");
  return count > 0.0 ? static_cast<std::int64_t>(count) : 0;
}

std::vector<InferredValue> infer_range(const NodeView& view) {
  expect_inputs(view, 3, 3);
  return one_output(view, {range_count(view)}, view.input(0).dtype);
}

template <typename T, typename Element>
Constant counted(const Elements<T>& start, const Elements<T>& step, std::int64_t count,
                 Element&& element) {
  Elements<T> result{{count}, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    result.values.push_back(element(start.values.front(), step.values.front(), i));
  }
  return to_constant(std::move(result));
}

std::vector<Constant> fold_range(const NodeView& view) {
  const std::int64_t count = range_count(view);
  const Constant& start = *view.constant(0);
  const Constant& step = *view.constant(2);
  if (is_floating(start.dtype())) {
    return {counted(
        floats_of(start), floats_of(step), count,
        [](float first, float by, std::int64_t i) { return first + static_cast<float>(i) * by; })};
  }
  return {counted(integers_of(start), integers_of(step), count,
                  [](std::int64_t first, std::int64_t by, std::int64_t i) {
                    return AddElements{}(first, MultiplyElements{}(i, by));
                  })};
}

/// Of the type that it names, else of its input's.
DType eye_type(const NodeView& view) {
  if (!view.node.has("dtype")) return view.input(0).dtype;
  const std::optional<DType> dtype = onnx_dtype(view.node.integer("dtype", 0));
  if (!dtype) refuse(view, "its element type is not supported");
  return *dtype;
}

std::vector<InferredValue> infer_eye_like(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const Shape& shape = view.input_shape(0);
  if (shape.size() != 2) refuse(view, "its input " + to_string(shape) + " is not a matrix");
  return one_output(view, shape, eye_type(view));
}

std::vector<Constant> fold_eye_like(const NodeView& view) {
  const InferredValue eye = infer_eye_like(view).front();
  const std::int64_t diagonal = std::clamp(view.node.integer("k", 0), -kMaxElements, kMaxElements);
  const std::int64_t columns = eye.shape[1];
  std::vector<std::int64_t> values(element_count(eye.shape), 0);
  for (std::int64_t row = 0; row < eye.shape[0]; ++row) {
    const std::int64_t column = row + diagonal;
    if (column < 0 || column >= columns) continue;
    values[static_cast<std::size_t>(row * columns + column)] = 1;
  }
  if (!is_floating(eye.dtype)) return {Constant::from_ints(eye.shape, std::move(values))};
  return {Constant::from_floats(eye.shape, {values.begin(), values.end()})};
}

}  // namespace

std::span<const Op> generators_ops() {
  static const std::array ops = {
      Op{.type = "ConstantOfShape",
         .kind = kind,
         .infer = infer_constant_of_shape,
         .fold = fold_constant_of_shape},
      Op{.type = "Range", .kind = kind, .infer = infer_range, .fold = fold_range},
      Op{.type = "EyeLike",
         .kind = kind,
         .infer = infer_eye_like,
         .fold = fold_eye_like,
         .folds_from_shape = true},
  };
  return ops;
}

}  // namespace relcam
