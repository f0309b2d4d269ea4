#pragma once

#include <cstdint>
#include <vector>

#include "ops/op.h"

namespace relcam {

/// Elements begin, begin + step, ... of one axis.
struct SliceRange {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  std::int64_t step = 1;
};

/// What a Slice takes of each axis of its input.
std::vector<SliceRange> slice_ranges(const NodeView& view);

}  // namespace relcam
