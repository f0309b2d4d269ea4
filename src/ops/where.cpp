#include <array>

#include "base/error.h"
#include "kernels/broadcast.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 3, 3);
  if (is_floating(view.input(1).dtype) != is_floating(view.input(2).dtype)) {
    refuse(view, "it chooses between " + std::string(to_string(view.input(1).dtype)) + " and " +
                     std::string(to_string(view.input(2).dtype)));
  }
  required_constant(view, 0, "condition");
  const Shape choices = checked_broadcast(view, view.input_shape(1), view.input_shape(2));
  return one_output(view, checked_broadcast(view, view.input_shape(0), choices),
                    view.input(1).dtype);
}

template <typename T>
Constant chosen(const NodeView& view, const Elements<T>& x, const Elements<T>& y) {
  Elements<T> result{infer(view).front().shape, {}};
  const std::vector<std::int64_t> condition = view.constant(0)->ints();
  const BroadcastWalk walk(result.shape, std::array{view.input_shape(0), x.shape, y.shape});
  result.values.resize(walk.size());
  const auto step = [&](std::size_t operand) -> std::size_t { return walk.steps(operand) ? 1 : 0; };
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               for (std::size_t i = 0; i < count; ++i) {
                 const bool first = condition[offsets[0] + i * step(0)] != 0;
                 result.values[at + i] = first ? x.values[offsets[1] + i * step(1)]
                                               : y.values[offsets[2] + i * step(2)];
               }
             });
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
  const Shape output = infer(view).front().shape;
  const std::vector<std::int64_t> condition = required_constant(view, 0, "condition").ints();
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

}  // namespace

std::span<const Op> where_ops() {
  static const std::array ops = {
      Op{.type = "Where", .kind = kind, .infer = infer, .fold = fold, .decompose = decompose}};
  return ops;
}

}  // namespace relcam
