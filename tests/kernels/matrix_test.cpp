#include "kernels/matrix.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/node_fixture.h"

namespace relcam {
namespace {

/// c += A B, element by element.
std::vector<float> slow_product(const MatrixSizes& sizes, const MatrixView& a, const MatrixView& b,
                                std::vector<float> c) {
  for (std::size_t i = 0; i < sizes.rows; ++i) {
    for (std::size_t j = 0; j < sizes.columns; ++j) {
      double sum = 0.0;
      for (std::size_t k = 0; k < sizes.depth; ++k) {
        sum += static_cast<double>(a.data[i * a.row_stride + k * a.column_stride]) *
               static_cast<double>(b.data[k * b.row_stride + j]);
      }
      c[i * sizes.columns + j] += static_cast<float>(sum);
    }
  }
  return c;
}

TEST(MultiplyMatrices, AgreesWithTheSlowProductForAllEdges) {
  for (const std::size_t rows : {1U, 3U, 4U, 9U}) {
    for (const std::size_t columns : {1U, 4U, 7U, 8U, 21U}) {
      const MatrixSizes sizes{.rows = rows, .depth = 13, .columns = columns};
      const std::vector<float> a = testing::random_floats(rows * 13, 1);
      const std::vector<float> b = testing::random_floats(13 * columns, 2);
      for (const bool transposed : {false, true}) {
        const MatrixView left =
            transposed ? MatrixView{a.data(), 1, rows} : MatrixView{a.data(), 13, 1};
        const MatrixView right{b.data(), columns};
        const std::vector<float> before(rows * columns, 1.0F);
        const std::vector<float> want = slow_product(sizes, left, right, before);
        std::vector<float> got = before;
        multiply_matrices(sizes, left, right, got.data(), Write::Accumulate);
        for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-5F);
        multiply_matrices(sizes, left, right, got.data(), Write::Assign);
        for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i] - 1.0F, 1e-5F);
      }
    }
  }
}

TEST(TransposeMatrix, RowsBecomeColumns) {
  const std::vector<float> from = {1, 2, 3, 4, 5, 6};
  std::vector<float> to(6);
  transpose_matrix(2, 3, from.data(), to.data());
  EXPECT_EQ(to, (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

}  // namespace
}  // namespace relcam
