#include "kernels/broadcast.h"

#include <algorithm>

namespace relcam {
namespace {

using Strides = std::array<std::size_t, BroadcastWalk::kMaxOperands>;

/// Row-major strides of `operand` along the axes of a result of rank `rank`; 0 where stretched.
std::vector<std::size_t> strides_of(const Shape& operand, std::size_t rank) {
  std::vector<std::size_t> strides(rank, 0);
  std::size_t stride = 1;
  for (std::size_t i = 0; i < operand.size(); ++i) {
    const auto extent = static_cast<std::size_t>(operand[operand.size() - 1 - i]);
    if (extent != 1) strides[rank - 1 - i] = stride;
    stride *= extent;
  }
  return strides;
}

bool continues(const Strides& outer, const Strides& inner, std::size_t inner_extent) {
  for (std::size_t k = 0; k < outer.size(); ++k) {
    if (outer[k] != inner[k] * inner_extent) return false;
  }
  return true;
}

}  // namespace

BroadcastWalk::BroadcastWalk(const Shape& result, std::span<const Shape> operands)
    : size_(element_count(result)) {
  std::array<std::vector<std::size_t>, kMaxOperands> by_operand;
  for (std::size_t k = 0; k < kMaxOperands; ++k) {
    by_operand[k] = strides_of(k < operands.size() ? operands[k] : Shape{}, result.size());
  }
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    const auto extent = static_cast<std::size_t>(result[axis]);
    if (extent == 1) continue;
    Strides strides{};
    for (std::size_t k = 0; k < kMaxOperands; ++k) strides[k] = by_operand[k][axis];
    if (!extents_.empty() && continues(strides_.back(), strides, extent)) {
      extents_.back() *= extent;
      strides_.back() = strides;
    } else {
      extents_.push_back(extent);
      strides_.push_back(strides);
    }
  }
  if (extents_.empty()) {
    extents_.push_back(1);
    strides_.push_back({1, 1, 1});
  }
}

bool BroadcastWalk::covers(std::size_t operand) const {
  return std::ranges::all_of(strides_, [operand](const Strides& s) { return s[operand] != 0; });
}

BroadcastWalk::Offsets BroadcastWalk::offsets_at(std::size_t element) const {
  Offsets offsets{};
  for (std::size_t axis = extents_.size(); axis-- > 0;) {
    const std::size_t index = element % extents_[axis];
    element /= extents_[axis];
    for (std::size_t k = 0; k < offsets.size(); ++k) offsets[k] += index * strides_[axis][k];
  }
  return offsets;
}

}  // namespace relcam
