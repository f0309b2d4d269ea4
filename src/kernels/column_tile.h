#pragma once

#include <cstddef>

#include "kernels/product.h"
#include "kernels/simd.h"

namespace relcam {

/// Writes, or adds, one row of a column tile to those `lanes` of its columns that exist.
inline void write_columns(float* to, std::size_t lanes, bool accumulate, simd::f32x4 low,
                          simd::f32x4 high) {
  if (lanes == kColumnTile) {
    simd::store(to, accumulate ? low + simd::load(to) : low);
    simd::store(to + 4, accumulate ? high + simd::load(to + 4) : high);
    return;
  }
  const std::size_t high_lanes = lanes > 4 ? lanes - 4 : 0;
  if (accumulate) {
    low += simd::load_first(to, lanes);
    high += simd::load_first(to + 4, high_lanes);
  }
  simd::store_first(to, low, lanes);
  simd::store_first(to + 4, high, high_lanes);
}

}  // namespace relcam
