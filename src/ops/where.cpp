#include <array>

#include "base/error.h"
#include "ops/checks.h"
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

}  // namespace

std::span<const Op> where_ops() {
  static const std::array ops = {Op{.type = "Where", .kind = kind, .infer = infer, .fold = fold}};
  return ops;
}

}  // namespace relcam
