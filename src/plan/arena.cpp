#include "plan/arena.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/divide_up.h"
#include "base/error.h"

namespace relcam {

namespace {

constexpr std::size_t kAlignment = 16;
/// XNNPACK may read this many floats past a buffer's end.
constexpr std::size_t kSlack = 4;

std::size_t footprint(std::size_t size) {
  return divide_up(size + kSlack, kAlignment) * kAlignment;
}

/// Every size is at most kMaxElements, so that offset + size cannot wrap around in 32 bits.
void check_room(std::size_t offset, std::size_t size) {
  constexpr std::size_t kMostFloats = std::size_t{1} << 30U;
  if (offset + size <= kMostFloats) return;
  throw Error(ErrorCode::OutOfMemory,
              "the activations of the model need more than 4 GB; give a smaller input size");
}

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

Placement place_in_arena(std::span<const Lifetime> lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(lifetimes[b].size, a) < std::pair(lifetimes[a].size, b);
  });

  Placement placement{.offsets = std::vector<std::size_t>(lifetimes.size(), 0), .size = 0};
  std::vector<std::size_t> placed;  // by rising offset
  for (const std::size_t index : order) {
    const std::size_t size = footprint(lifetimes[index].size);
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      if (!overlap(lifetimes[index], lifetimes[other])) continue;
      if (placement.offsets[other] >= offset + size) break;
      offset = std::max(offset, placement.offsets[other] + footprint(lifetimes[other].size));
    }
    check_room(offset, size);
    placement.offsets[index] = offset;
    placement.size = std::max(placement.size, offset + size);
    const auto at = std::ranges::upper_bound(
        placed, offset, {}, [&](std::size_t other) { return placement.offsets[other]; });
    placed.insert(at, index);
  }
  return placement;
}

}  // namespace relcam
