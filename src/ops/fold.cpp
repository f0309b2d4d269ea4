#include "ops/fold.h"

#include <array>

#include "kernels/broadcast.h"

namespace relcam {
namespace {

template <typename T>
Elements<T> map_elements(const Elements<T>& a, const Elements<T>& b, ElementFunction function) {
  Elements<T> result{broadcast(a.shape, b.shape), {}};
  const std::array shapes = {a.shape, b.shape};
  const BroadcastWalk walk(result.shape, shapes);
  result.values.resize(walk.size());
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               const std::size_t step_a = walk.steps(0) ? 1 : 0;
               const std::size_t step_b = walk.steps(1) ? 1 : 0;
               for (std::size_t i = 0; i < count; ++i) {
                 result.values[at + i] =
                     function(a.values[offsets[0] + i * step_a], b.values[offsets[1] + i * step_b]);
               }
             });
  return result;
}

template <typename T>
Constant combined(const NodeView& view, ElementFunction function,
                  Elements<T> (*elements_of)(const Constant&)) {
  Elements<T> result = elements_of(*view.constant(0));
  for (std::size_t i = 1; i < view.input_count(); ++i) {
    result = map_elements(result, elements_of(*view.constant(i)), function);
  }
  return to_constant(std::move(result));
}

}  // namespace

Elements<float> broadcast_map(const Elements<float>& a, const Elements<float>& b,
                              ElementFunction function) {
  return map_elements(a, b, function);
}

Elements<std::int64_t> broadcast_map(const Elements<std::int64_t>& a,
                                     const Elements<std::int64_t>& b, ElementFunction function) {
  return map_elements(a, b, function);
}

std::vector<Constant> fold_combined(const NodeView& view, ElementFunction function) {
  const bool floating = is_floating(view.input(0).dtype);
  return {floating ? combined(view, function, floats_of) : combined(view, function, integers_of)};
}

}  // namespace relcam
