#include "methods/principal.h"

#include <algorithm>
#include <cmath>

#include "methods/lanczos.h"

namespace relcam {

namespace {

/// Rows of floats less the means of their columns, in double and made anew at each use: a stored
/// copy would cost more memory traffic than the subtraction.
class CentredMatrix {
 public:
  CentredMatrix(std::span<const float> matrix, std::size_t rows, std::size_t columns)
      : matrix_(matrix), rows_(rows), means_(column_means(matrix, rows, columns)), row_(columns) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return means_.size(); }

  /// Valid until the next call.
  std::span<const double> row(std::size_t index) {
    const auto source = matrix_.subspan(index * columns(), columns());
    for (std::size_t c = 0; c < columns(); ++c) {
      row_[c] = static_cast<double>(source[c]) - means_[c];
    }
    return row_;
  }

  /// out = X^T X in.
  void apply_gram(std::span<const double> in, std::span<double> out) {
    std::ranges::fill(out, 0.0);
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::span<const double> values = row(i);
      const double part = dot(values, in);
      for (std::size_t c = 0; c < values.size(); ++c) out[c] += part * values[c];
    }
  }

  std::vector<double> times(std::span<const double> direction) {
    std::vector<double> result(rows_);
    for (std::size_t i = 0; i < rows_; ++i) result[i] = dot(row(i), direction);
    return result;
  }

 private:
  std::span<const float> matrix_;
  std::size_t rows_;
  std::vector<double> means_;
  std::vector<double> row_;
};

void negate(std::span<double> values) {
  for (double& value : values) value = -value;
}

/// `projection` sums to zero, so that the inner product with the rows' means is the covariance.
void choose_sign(CentredMatrix& matrix, std::span<double> projection) {
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

std::vector<double> principal_projection(std::span<const float> matrix, std::size_t rows,
                                         std::size_t columns) {
  CentredMatrix centred(matrix, rows, columns);
  const EigenPair direction = largest_eigenpair(
      {.size = columns, .apply = [&centred](std::span<const double> in, std::span<double> out) {
         centred.apply_gram(in, out);
       }});
  if (direction.value <= 0.0) return std::vector<double>(rows, 0.0);
  std::vector<double> projection = centred.times(direction.vector);
  choose_sign(centred, projection);
  return projection;
}

}  // namespace relcam
