#include "methods/principal.h"

#include <algorithm>
#include <cmath>

#include "kernels/dot.h"

namespace relcam {

namespace {

void negate(std::span<double> values) {
  for (double& value : values) value = -value;
}

/// `projection` sums to zero, so that the inner product with the rows' means is the covariance.
void choose_sign(const CentredMatrix& matrix, std::span<double> projection) {
  constexpr double kNoCorrelation = 1e-6;
  const std::vector<double> means = matrix.times(
      std::vector<double>(matrix.columns(), 1.0 / static_cast<double>(matrix.columns())));
  const double covariance = dot(projection, means);
  const double lengths = std::sqrt(dot(projection, projection) * dot(means, means));
  if (std::abs(covariance) <= kNoCorrelation * lengths) return make_largest_positive(projection);
  if (covariance < 0.0) negate(projection);
}

}  // namespace

std::vector<double> column_means(std::span<const float> matrix, std::size_t rows,
                                 std::size_t columns) {
  std::vector<double> means(columns, 0.0);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < columns; ++c) {
      means[c] += static_cast<double>(matrix[i * columns + c]);
    }
  }
  for (double& mean : means) mean /= static_cast<double>(rows);
  return means;
}

void make_largest_positive(std::span<double> values) {
  const auto largest = std::ranges::max_element(
      values, [](double a, double b) { return std::abs(a) < std::abs(b); });
  if (largest != values.end() && *largest < 0.0) negate(values);
}

CentredMatrix::CentredMatrix(std::span<const float> matrix, std::size_t rows, std::size_t columns)
    : matrix_(matrix), rows_(rows), means_(column_means(matrix, rows, columns)) {}

void CentredMatrix::read_row(std::size_t index, std::span<double> row) const {
  const auto source = matrix_.subspan(index * columns(), columns());
  for (std::size_t c = 0; c < columns(); ++c) row[c] = static_cast<double>(source[c]) - means_[c];
}

void CentredMatrix::apply_gram(std::span<const double> in, std::span<double> out) const {
  std::ranges::fill(out, 0.0);
  std::vector<double> row(columns());
  for (std::size_t i = 0; i < rows_; ++i) {
    read_row(i, row);
    const double part = dot(row, in);
    for (std::size_t c = 0; c < row.size(); ++c) out[c] += part * row[c];
  }
}

std::vector<double> CentredMatrix::times(std::span<const double> direction) const {
  std::vector<double> row(columns());
  std::vector<double> result(rows_);
  for (std::size_t i = 0; i < rows_; ++i) {
    read_row(i, row);
    result[i] = dot(row, direction);
  }
  return result;
}

PrincipalProjection::PrincipalProjection(std::span<const float> matrix, std::size_t rows,
                                         std::size_t columns)
    : centred_(matrix, rows, columns),
      direction_(
          {.size = columns, .apply = [this](std::span<const double> in, std::span<double> out) {
             centred_.apply_gram(in, out);
           }}) {}

std::vector<double> PrincipalProjection::result() const {
  const EigenPair& direction = direction_.result();
  std::vector<double> projection = centred_.times(direction.vector);
  if (direction.value <= 0.0) return std::vector<double>(projection.size(), 0.0);
  choose_sign(centred_, projection);
  return projection;
}

}  // namespace relcam
