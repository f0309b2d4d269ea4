#include <algorithm>
#include <array>

#include "base/error.h"
#include "kernels/broadcast.h"
#include "kernels/elementwise.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/operands.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// Under a live condition one of two elements wins each output.
Kind kind(const NodeView&) { return Kind::Winner; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 3, 3);
  if (is_floating(view.input(1).dtype) != is_floating(view.input(2).dtype)) {
    refuse(view, "it chooses between " + std::string(to_string(view.input(1).dtype)) + " and " +
                     std::string(to_string(view.input(2).dtype)));
  }
  const Shape choices = checked_broadcast(view, view.input_shape(1), view.input_shape(2));
  return one_output(view, checked_broadcast(view, view.input_shape(0), choices),
                    view.input(1).dtype);
}

/// result[i] = condition[i] ? x[i] : y[i] for elements [first, last) of `walk`, whose operands
/// they are.
template <typename T>
void choose(const BroadcastWalk& walk, const float* condition, const T* x, const T* y, T* result,
            std::size_t first, std::size_t last) {
  const auto step = [&](std::size_t operand) -> std::size_t { return walk.steps(operand) ? 1 : 0; };
  walk.visit(first, last,
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               for (std::size_t i = 0; i < count; ++i) {
                 const bool is_x = condition[offsets[0] + i * step(0)] != 0.0F;
                 result[at + i] = is_x ? x[offsets[1] + i * step(1)] : y[offsets[2] + i * step(2)];
               }
             });
}

template <typename T>
Constant chosen(const NodeView& view, const Elements<T>& x, const Elements<T>& y) {
  Elements<T> result{infer(view).front().shape, {}};
  const std::vector<float> condition = view.constant(0)->floats();
  const BroadcastWalk walk(result.shape, std::array{view.input_shape(0), x.shape, y.shape});
  result.values.resize(walk.size());
  choose(walk, condition.data(), x.values.data(), y.values.data(), result.values.data(), 0,
         walk.size());
  return to_constant(std::move(result));
}

std::vector<Constant> fold(const NodeView& view) {
  const Constant& x = *view.constant(1);
  const Constant& y = *view.constant(2);
  if (is_floating(x.dtype())) return {chosen(view, floats_of(x), floats_of(y))};
  return {chosen(view, integers_of(x), integers_of(y))};
}

/// Under a known condition: each element is read of x or, behind it, of y.
bool decompose(Decomposition& to) {
  const NodeView& view = to.original();
  if (view.constant(0) == nullptr) return false;
  const Shape output = infer(view).front().shape;
  const std::vector<std::int64_t> condition = view.constant(0)->ints();
  const auto behind = static_cast<std::int64_t>(checked_count(view, view.input_shape(1)));
  std::vector<std::int64_t> places(selected_count(view, output));
  const std::array shapes = {view.input_shape(0), view.input_shape(1), view.input_shape(2)};
  const BroadcastWalk walk(output, shapes);
  walk.visit(
      0, walk.size(),
      [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
          const auto place = [&](std::size_t operand) {
            return static_cast<std::int64_t>(offsets[operand] + (walk.steps(operand) ? i : 0));
          };
          const bool first = condition[static_cast<std::size_t>(place(0))] != 0;
          places[at + i] = first ? place(1) : behind + place(2);
        }
      });
  to.finish_selected({to.input(1), to.input(2)}, std::move(places), output);
  return true;
}

void is_true(const float* condition, const float*, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = condition[i] != 0.0F ? 1.0F : 0.0F;
}

void is_false(const float* condition, const float*, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] = condition[i] != 0.0F ? 0.0F : 1.0F;
}

/// Under a live condition, which has no derivative.
class WhereOperation final : public Operation {
 public:
  WhereOperation(const NodeView& view, const ThreadPool& pool)
      : operands_(view),
        walk_(view.output_shape(0),
              std::array{view.input_shape(0), view.input_shape(1), view.input_shape(2)}),
        choices_{choice_of(view, 1), choice_of(view, 2)},
        pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    const std::array<const float*, 3> operands = {operands_.get(inputs, 0).data(),
                                                  operands_.get(inputs, 1).data(),
                                                  operands_.get(inputs, 2).data()};
    pool_.parallel_for(walk_.size(), kGrain, [&](std::size_t first, std::size_t last) {
      choose(walk_, operands[0], operands[1], operands[2], outputs[0].data(), first, last);
    });
  }

  void vjp(const VjpArguments& arguments) override {
    const std::span<const float> condition = operands_.get(arguments.inputs, 0);
    for (std::size_t i = 0; i < arguments.input_gradients.size(); ++i) {
      const std::span<float> gradient = arguments.input_gradients[i];
      if (gradient.empty()) continue;
      if (i == 0) {
        std::ranges::fill(gradient, 0.0F);
        continue;
      }
      apply_binary_gradient(kShares[i - 1], choices_[i - 1], 1, condition,
                            operands_.get(arguments.inputs, i), arguments.output_gradients[0],
                            gradient, pool_);
    }
  }

  void jvp(const JvpArguments& arguments) override {
    const std::span<const float> condition = operands_.get(arguments.inputs, 0);
    const std::span<float> tangent = arguments.output_tangents[0];
    std::ranges::fill(tangent, 0.0F);
    for (std::size_t i = 1; i < arguments.input_tangents.size(); ++i) {
      if (arguments.input_tangents[i].empty()) continue;
      add_binary_tangent(kShares[i - 1], choices_[i - 1], 1, condition,
                         operands_.get(arguments.inputs, i), arguments.input_tangents[i], tangent,
                         pool_);
    }
  }

 private:
  static constexpr std::size_t kGrain = 16384;
  static constexpr std::array<BinaryLoop, 2> kShares = {is_true, is_false};

  /// The condition and what it chooses or does not.
  static BroadcastWalk choice_of(const NodeView& view, std::size_t input) {
    return {view.output_shape(0), std::array{view.input_shape(0), view.input_shape(input)}};
  }

  Operands operands_;
  BroadcastWalk walk_;
  std::array<BroadcastWalk, 2> choices_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<WhereOperation>(view, pool);
}

bool choices_are_non_negative(const NodeView& view, std::span<const bool> live) {
  return operands_are_non_negative(view, live, 1);
}

}  // namespace

std::span<const Op> where_ops() {
  static constexpr std::array ops = {Op{.type = "Where",
                                        .kind = kind,
                                        .layout = LayoutPolicy::Follow,
                                        .follows = broadcast_follows,
                                        .infer = infer,
                                        .fold = fold,
                                        .prepare = prepare,
                                        .decompose = decompose,
                                        .vjp_reads = {.inputs = true},
                                        .non_negative = choices_are_non_negative}};
  return ops;
}

}  // namespace relcam
