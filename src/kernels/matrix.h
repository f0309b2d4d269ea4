#pragma once

#include <cstddef>

#include "kernels/linear_map.h"

namespace relcam {

/// A matrix in memory: element (row, column) stands at data[row * row_stride + column *
/// column_stride].
struct MatrixView {
  const float* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t column_stride = 1;
};

/// C = A B with A of rows x depth and B of depth x columns.
struct MatrixSizes {
  std::size_t rows = 0;
  std::size_t depth = 0;
  std::size_t columns = 0;
};

/// c (+)= A B on the calling thread, for matrices that both depend on the image: nothing is packed.
/// B's columns and c's are contiguous (c is rows x columns); A may have any strides.
void multiply_matrices(const MatrixSizes& sizes, const MatrixView& a, const MatrixView& b, float* c,
                       Write write);

/// to[column][row] = from[row][column], both row-major.
void transpose_matrix(std::size_t rows, std::size_t columns, const float* from, float* to);

}  // namespace relcam
