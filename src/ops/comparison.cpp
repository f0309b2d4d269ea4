#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/small_code.h"
#include "ops/binary_operation.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Comparisons and logic. Live truth values are 1 and 0.

Kind kind(const NodeView&) { return Kind::Blind; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 2);
  return one_output(view, infer_broadcast(view).front().shape, DType::Bool);
}

/// bool result = function(a, b), in float32 or int64.
std::vector<Constant> fold_compared(const NodeView& view, ElementFunction function) {
  std::vector<std::uint8_t> results;
  Shape shape;
  const auto compare = [&](auto elements_of) {
    const auto compared =
        broadcast_map(elements_of(*view.constant(0)), elements_of(*view.constant(1)), function);
    shape = compared.shape;
    for (const auto value : compared.values) results.push_back(value != 0 ? 1 : 0);
  };
  is_floating(view.input(0).dtype) ? compare(floats_of) : compare(integers_of);
  return {Constant::from_bools(std::move(shape), std::move(results))};
}

template <typename Function>
std::vector<Constant> fold(const NodeView& view) {
  return fold_compared(view, Function{});
}

template <typename Function>
RELCAM_SMALL_CODE void compare(const float* a, const float* b, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = Function{}(a[i], b[i]) ? 1.0F : 0.0F;
}

void no_derivative(const float*, const float*, float* y, std::size_t count) {
  std::fill_n(y, count, 0.0F);
}

template <typename Function>
constexpr Binary kLive = {compare<Function>, no_derivative, no_derivative};

template <typename Function>
std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return prepare_binary(kLive<Function>, view, pool);
}

bool is_never_negative(const NodeView&, std::span<const bool>) { return true; }

struct Both {
  bool operator()(auto a, auto b) const { return a != 0 && b != 0; }
};
struct Either {
  bool operator()(auto a, auto b) const { return a != 0 || b != 0; }
};
struct OneOnly {
  bool operator()(auto a, auto b) const { return (a != 0) != (b != 0); }
};

std::vector<InferredValue> infer_unary(const NodeView& view) {
  expect_inputs(view, 1, 1);
  return one_output(view, view.input_shape(0), DType::Bool);
}

template <typename Predicate>
std::vector<Constant> fold_unary(const NodeView& view) {
  std::vector<std::uint8_t> results;
  for (const float value : view.constant(0)->floats()) {
    results.push_back(Predicate{}(value) ? 1 : 0);
  }
  return {Constant::from_bools(view.constant(0)->shape(), std::move(results))};
}

/// Not x is x == 0.
bool decompose_not(Decomposition& to) {
  to.finish("Equal", {to.input(0), to.constant(Constant::from_bools({}, {0}))});
  return true;
}

/// NaN alone does not equal itself.
bool decompose_is_nan(Decomposition& to) {
  to.finish("Not", {to.add("Equal", {to.input(0), to.input(0)})});
  return true;
}

struct IsZero {
  bool operator()(float value) const { return value == 0.0F; }
};
struct IsNaN {
  bool operator()(float value) const { return std::isnan(value); }
};

template <typename Function>
constexpr Op comparison(std::string_view type) {
  return {.type = type,
          .kind = kind,
          .layout = LayoutPolicy::Follow,
          .follows = broadcast_follows,
          .infer = infer,
          .fold = fold<Function>,
          .prepare = prepare<Function>,
          .vjp_reads = {.inputs = true},
          .non_negative = is_never_negative};
}

template <typename Predicate>
constexpr Op predicate(std::string_view type, bool (*decompose)(Decomposition&)) {
  return {.type = type,
          .kind = kind,
          .infer = infer_unary,
          .fold = fold_unary<Predicate>,
          .decompose = decompose};
}

}  // namespace

std::span<const Op> comparison_ops() {
  static constexpr std::array ops = {
      comparison<std::equal_to<>>("Equal"),
      comparison<std::less<>>("Less"),
      comparison<std::less_equal<>>("LessOrEqual"),
      comparison<std::greater<>>("Greater"),
      comparison<std::greater_equal<>>("GreaterOrEqual"),
      comparison<Both>("And"),
      comparison<Either>("Or"),
      comparison<OneOnly>("Xor"),
      predicate<IsZero>("Not", decompose_not),
      predicate<IsNaN>("IsNaN", decompose_is_nan),
  };
  return ops;
}

}  // namespace relcam
