#include "kernels/reduce.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace relcam {

namespace {

/// Calls visit(element, group) for the first element of each group that equals its maximum.
template <typename Visit>
void for_winners(const BroadcastWalk& walk, std::span<const float> x, std::span<const float> y,
                 Visit&& visit) {
  std::vector<std::uint8_t> won(y.size(), 0);
  const std::size_t step = walk.steps(0) ? 1 : 0;
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               for (std::size_t i = 0; i < count; ++i) {
                 const std::size_t group = offsets[0] + i * step;
                 if (won[group] != 0 || x[at + i] != y[group]) continue;
                 won[group] = 1;
                 visit(at + i, group);
               }
             });
}

}  // namespace

void reduce_max(const BroadcastWalk& walk, std::span<const float> x, std::span<float> y) {
  std::ranges::fill(y, -std::numeric_limits<float>::infinity());
  walk.visit(0, walk.size(),
             [&](std::size_t at, const BroadcastWalk::Offsets& offsets, std::size_t count) {
               const float* from = x.data() + at;
               float* to = y.data() + offsets[0];
               if (walk.steps(0)) {
                 for (std::size_t i = 0; i < count; ++i) to[i] = to[i] < from[i] ? from[i] : to[i];
               } else {
                 for (std::size_t i = 0; i < count; ++i) *to = *to < from[i] ? from[i] : *to;
               }
             });
}

void reduce_max_gradient(const BroadcastWalk& walk, std::span<const float> x,
                         std::span<const float> y, std::span<const float> dy, std::span<float> dx) {
  std::ranges::fill(dx, 0.0F);
  for_winners(walk, x, y, [&](std::size_t at, std::size_t group) { dx[at] = dy[group]; });
}

void reduce_max_tangent(const BroadcastWalk& walk, std::span<const float> x,
                        std::span<const float> y, std::span<const float> tx, std::span<float> ty) {
  std::ranges::fill(ty, 0.0F);
  for_winners(walk, x, y, [&](std::size_t at, std::size_t group) { ty[group] = tx[at]; });
}

}  // namespace relcam
