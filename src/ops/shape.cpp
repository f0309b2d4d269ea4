#include <algorithm>
#include <array>
#include <cstddef>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

/// The input's dimensions from `start` to `end` (attributes since opset 15), clamped.
Shape selected(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const auto rank = static_cast<std::int64_t>(input.size());
  const auto position = [&](std::string_view name, std::int64_t fallback) {
    const std::int64_t at = view.node.integer(name, fallback);
    return static_cast<std::ptrdiff_t>(std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank));
  };
  const std::ptrdiff_t start = position("start", 0);
  const std::ptrdiff_t end = std::max(start, position("end", rank));
  return {input.begin() + start, input.begin() + end};
}

std::vector<InferredValue> infer_shape(const NodeView& view) {
  expect_inputs(view, 1, 1);
  return one_output(view, {static_cast<std::int64_t>(selected(view).size())}, DType::Int64);
}

std::vector<Constant> fold_shape(const NodeView& view) {
  Shape dimensions = selected(view);
  const auto count = static_cast<std::int64_t>(dimensions.size());
  return {Constant::from_ints({count}, std::move(dimensions))};
}

std::vector<InferredValue> infer_size(const NodeView& view) {
  expect_inputs(view, 1, 1);
  checked_count(view, view.input_shape(0));
  return one_output(view, {}, DType::Int64);
}

std::vector<Constant> fold_size(const NodeView& view) {
  return {Constant::from_ints(
      {}, {static_cast<std::int64_t>(checked_count(view, view.input_shape(0)))})};
}

}  // namespace

std::span<const Op> shape_ops() {
  static const std::array ops = {
      Op{.type = "Shape",
         .kind = kind,
         .infer = infer_shape,
         .fold = fold_shape,
         .folds_from_shape = true},
      Op{.type = "Size",
         .kind = kind,
         .infer = infer_size,
         .fold = fold_size,
         .folds_from_shape = true},
  };
  return ops;
}

}  // namespace relcam
