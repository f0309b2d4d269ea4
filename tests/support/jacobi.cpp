#include "support/jacobi.h"

#include <cmath>

namespace relcam::testing {

namespace {

/// Rotates axes p and q so that matrix[p][q] becomes 0; `vectors` holds the axes as rows.
void rotate(Matrix& matrix, Matrix& vectors, std::size_t p, std::size_t q) {
  if (matrix[p][q] == 0.0) return;
  const double theta = 0.5 * std::atan2(2.0 * matrix[p][q], matrix[q][q] - matrix[p][p]);
  const double c = std::cos(theta);
  const double s = std::sin(theta);
  for (std::vector<double>& row : matrix) {
    const double at_p = row[p];
    row[p] = c * at_p - s * row[q];
    row[q] = s * at_p + c * row[q];
  }
  for (Matrix* rows : {&matrix, &vectors}) {
    for (std::size_t k = 0; k < matrix.size(); ++k) {
      const double at_p = (*rows)[p][k];
      (*rows)[p][k] = c * at_p - s * (*rows)[q][k];
      (*rows)[q][k] = s * at_p + c * (*rows)[q][k];
    }
  }
}

}  // namespace

EigenPair jacobi(Matrix matrix) {
  constexpr int kSweeps = 30;
  const std::size_t size = matrix.size();
  Matrix vectors(size, std::vector<double>(size, 0.0));
  for (std::size_t i = 0; i < size; ++i) vectors[i][i] = 1.0;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) rotate(matrix, vectors, p, q);
    }
  }
  std::size_t largest = 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (matrix[i][i] > matrix[largest][largest]) largest = i;
  }
  return {.value = matrix[largest][largest], .vector = vectors[largest]};
}

Matrix centred(Matrix rows) {
  for (std::size_t c = 0; c < rows.front().size(); ++c) {
    double mean = 0.0;
    for (const auto& row : rows) mean += row[c] / static_cast<double>(rows.size());
    for (auto& row : rows) row[c] -= mean;
  }
  return rows;
}

std::vector<double> principal_twin(const Matrix& rows) {
  const Matrix x = centred(rows);
  const std::size_t columns = x.front().size();
  Matrix gram(columns);
  for (std::vector<double>& row : gram) row.assign(columns, 0.0);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t d = 0; d < columns; ++d) {
      for (const auto& row : x) gram[c][d] += row[c] * row[d];
    }
  }
  const EigenPair pair = jacobi(gram);
  std::vector<double> projection(x.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t c = 0; c < columns; ++c) projection[i] += x[i][c] * pair.vector[c];
  }
  return projection;
}

}  // namespace relcam::testing
