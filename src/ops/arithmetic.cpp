#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "ops/binary_operation.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Elementwise functions of two broadcast operands, either of which may be constant.
struct Row {
  std::string_view type;
  const Binary* function;
  Kind both_live;       ///< kind when both operands depend on the image
  Kind constant_right;  ///< kind when the second is constant
  Kind constant_left;   ///< kind when the first is
  std::size_t most_inputs = 2;
};

constexpr std::size_t kAnyNumber = 1U << 16U;

constexpr std::array kRows = {
    Row{"Mul", &binary::multiply, Kind::Gate, Kind::Affine, Kind::Affine},
    Row{"Div", &binary::divide, Kind::Own, Kind::Affine, Kind::Activation},
    Row{"Pow", &binary::power, Kind::Own, Kind::Activation, Kind::Activation},
    Row{"PRelu", &binary::prelu, Kind::Own, Kind::Activation, Kind::Activation},
    Row{"Max", &binary::maximum, Kind::Own, Kind::Activation, Kind::Activation, kAnyNumber},
    Row{"Min", &binary::minimum, Kind::Own, Kind::Activation, Kind::Activation, kAnyNumber},
};

const Row& row_of(const NodeView& view) {
  return *std::ranges::find(kRows, std::string_view(view.node.op_type), &Row::type);
}

Kind kind(const NodeView& view) {
  const Row& row = row_of(view);
  if (view.live_inputs().size() > 1) return row.both_live;
  return view.constant(0) == nullptr ? row.constant_right : row.constant_left;
}

std::vector<InferredValue> infer(const NodeView& view) {
  const Row& row = row_of(view);
  expect_inputs(view, row.most_inputs == 2 ? 2 : 1, row.most_inputs);
  return infer_broadcast(view);
}

/// The slope broadcasts to x, never the other way round.
std::vector<InferredValue> infer_prelu(const NodeView& view) {
  std::vector<InferredValue> result = infer(view);
  if (result.front().shape != view.input_shape(0)) {
    refuse(view, "its slope of shape " + to_string(view.input_shape(1)) +
                     " does not broadcast to its input of shape " + to_string(view.input_shape(0)));
  }
  return result;
}

/// The base sets the type; the exponent may have any other.
std::vector<InferredValue> infer_power(const NodeView& view) {
  expect_inputs(view, 2, 2);
  return one_output(view, checked_broadcast(view, view.input_shape(0), view.input_shape(1)),
                    view.input(0).dtype);
}

struct Quotient {
  const NodeView& view;

  float operator()(float a, float b) const { return a / b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    if (b == 0) refuse(view, "it divides integers by zero");
    return b == -1 ? wrapped(0 - bits(a)) : a / b;
  }
};

std::int64_t integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : (base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0);
  std::uint64_t result = 1;
  for (std::uint64_t factor = bits(base), left = bits(exponent); left > 0; left >>= 1U) {
    if ((left & 1U) != 0) result *= factor;
    factor *= factor;
  }
  return wrapped(result);
}

std::vector<Constant> fold_multiply(const NodeView& view) {
  return fold_combined(view, MultiplyElements{});
}

std::vector<Constant> fold_divide(const NodeView& view) {
  return fold_combined(view, Quotient{view});
}

struct Power {
  float operator()(float a, float b) const { return std::pow(a, b); }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const { return integer_power(a, b); }
};

std::vector<Constant> fold_power(const NodeView& view) {
  const Constant& base = *view.constant(0);
  const Constant& exponent = *view.constant(1);
  if (!is_floating(base.dtype()) && !is_floating(exponent.dtype())) {
    return {to_constant(broadcast_map(integers_of(base), integers_of(exponent), Power{}))};
  }
  Constant result = to_constant(broadcast_map(floats_of(base), floats_of(exponent), Power{}));
  if (is_floating(base.dtype())) return {std::move(result)};
  return {Constant::from_ints(result.shape(), result.ints())};
}

std::vector<Constant> fold_prelu(const NodeView& view) {
  return fold_combined(view,
                       [](auto x, auto slope) { return x > 0 ? x : MultiplyElements{}(slope, x); });
}

std::vector<Constant> fold_max(const NodeView& view) {
  return fold_combined(view, LargerElement{});
}

std::vector<Constant> fold_min(const NodeView& view) {
  return fold_combined(view, SmallerElement{});
}

/// Max and Min of more than two values: of the first two, then of that and the third, and so on.
bool decompose(Decomposition& to) {
  const NodeView& view = to.original();
  const std::size_t count = view.input_count();
  if (count == 2 || row_of(view).most_inputs == 2) return false;
  infer(view);
  const std::string_view type = view.node.op_type;
  ValueId result = to.input(0);
  for (std::size_t i = 1; i + 1 < count; ++i) result = to.add(type, {result, to.input(i)});
  to.finish(type, {result, to.input(count - 1)});
  return true;
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return prepare_binary(*row_of(view).function, view, pool);
}

/// Whether one operand, live or constant, is known not to be negative.
bool any_is_non_negative(const NodeView& view, std::span<const bool> live) {
  if (std::ranges::find(live, true) != live.end()) return true;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    if (view.constant(i) != nullptr && constant_is_non_negative(view, i)) return true;
  }
  return false;
}

bool base_is_non_negative(const NodeView& view, std::span<const bool> live) {
  return view.constant(0) == nullptr ? live[0] : constant_is_non_negative(view, 0);
}

constexpr Op op_of(std::string_view type, std::vector<InferredValue> (*infer_node)(const NodeView&),
                   std::vector<Constant> (*fold)(const NodeView&),
                   bool (*non_negative)(const NodeView&, std::span<const bool>)) {
  return {.type = type,
          .kind = kind,
          .layout = LayoutPolicy::Follow,
          .follows = broadcast_follows,
          .infer = infer_node,
          .fold = fold,
          .prepare = prepare,
          .decompose = decompose,
          .vjp_reads = {.inputs = true},
          .non_negative = non_negative};
}

}  // namespace

std::span<const Op> arithmetic_ops() {
  static constexpr std::array ops = {
      op_of("Mul", infer, fold_multiply, operands_are_non_negative),
      op_of("Div", infer, fold_divide, operands_are_non_negative),
      op_of("Pow", infer_power, fold_power, base_is_non_negative),
      op_of("PRelu", infer_prelu, fold_prelu, base_is_non_negative),
      op_of("Max", infer, fold_max, any_is_non_negative),
      op_of("Min", infer, fold_min, operands_are_non_negative),
  };
  return ops;
}

}  // namespace relcam
