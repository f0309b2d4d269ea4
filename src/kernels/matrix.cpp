#include "kernels/matrix.h"

#include <algorithm>

#include "kernels/simd.h"

namespace relcam {
namespace {

using simd::f32x4;

constexpr std::size_t kTileRows = 4;
constexpr std::size_t kTileColumns = 8;

/// One tile of c: `rows` full rows, `lanes` <= 8 columns.
template <std::size_t rows>
void multiply_tile(const MatrixSizes& sizes, const MatrixView& a, const float* b,
                   std::size_t b_stride, float* c, std::size_t lanes, Write write) {
  const std::size_t high_lanes = lanes > 4 ? lanes - 4 : 0;
  f32x4 low[rows] = {};
  f32x4 high[rows] = {};
  for (std::size_t k = 0; k < sizes.depth; ++k) {
    const float* b_row = b + k * b_stride;
    const f32x4 b_low = simd::load_first(b_row, lanes);
    const f32x4 b_high = simd::load_first(b_row + 4, high_lanes);
    const float* a_column = a.data + k * a.column_stride;
    simd::unrolled<rows>([&](auto r) {
      const f32x4 value = simd::splat(a_column[r * a.row_stride]);
      low[r] = simd::madd(value, b_low, low[r]);
      high[r] = simd::madd(value, b_high, high[r]);
    });
  }
  for (std::size_t r = 0; r < rows; ++r) {
    float* to = c + r * sizes.columns;
    if (write == Write::Accumulate) {
      low[r] += simd::load_first(to, lanes);
      high[r] += simd::load_first(to + 4, high_lanes);
    }
    simd::store_first(to, low[r], lanes);
    simd::store_first(to + 4, high[r], high_lanes);
  }
}

}  // namespace

void multiply_matrices(const MatrixSizes& sizes, const MatrixView& a, const MatrixView& b, float* c,
                       Write write) {
  for (std::size_t column = 0; column < sizes.columns; column += kTileColumns) {
    const std::size_t lanes = std::min(kTileColumns, sizes.columns - column);
    const float* b_tile = b.data + column;
    std::size_t row = 0;
    for (; row + kTileRows <= sizes.rows; row += kTileRows) {
      const MatrixView rows_of_a{a.data + row * a.row_stride, a.row_stride, a.column_stride};
      multiply_tile<kTileRows>(sizes, rows_of_a, b_tile, b.row_stride,
                               c + row * sizes.columns + column, lanes, write);
    }
    for (; row < sizes.rows; ++row) {
      const MatrixView row_of_a{a.data + row * a.row_stride, a.row_stride, a.column_stride};
      multiply_tile<1>(sizes, row_of_a, b_tile, b.row_stride, c + row * sizes.columns + column,
                       lanes, write);
    }
  }
}

void transpose_matrix(std::size_t rows, std::size_t columns, const float* from, float* to) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      to[column * rows + row] = from[row * columns + column];
    }
  }
}

}  // namespace relcam
