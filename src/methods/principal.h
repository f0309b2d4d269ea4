#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "methods/lanczos.h"

namespace relcam {

/// Rows of floats less the means of their columns, in double and made anew at each use: a stored
/// copy would cost more memory traffic than the subtraction.
class CentredMatrix {
 public:
  /// Row-major; `matrix` must outlive this.
  CentredMatrix(std::span<const float> matrix, std::size_t rows, std::size_t columns);

  std::size_t columns() const { return means_.size(); }
  /// out = X^T X in.
  void apply_gram(std::span<const double> in, std::span<double> out) const;
  /// X direction
  std::vector<double> times(std::span<const double> direction) const;

 private:
  void read_row(std::size_t index, std::span<double> row) const;

  std::span<const float> matrix_;
  std::size_t rows_;
  std::vector<double> means_;
};

/// The rows of a row-major matrix, each column's mean taken off, projected on their first principal
/// direction (the first right singular vector of the centred matrix): one number per row, zeros
/// where all rows are equal.
///
/// A principal direction has no sign of its own. Ours is the one whose projection correlates
/// positively with the rows' means; where it does not correlate at all, the projection's element of
/// largest magnitude is positive.
class PrincipalProjection {
 public:
  /// `matrix` must outlive this.
  PrincipalProjection(std::span<const float> matrix, std::size_t rows, std::size_t columns);
  ~PrincipalProjection() = default;
  PrincipalProjection(const PrincipalProjection&) = delete;
  PrincipalProjection& operator=(const PrincipalProjection&) = delete;

  /// One pass over the matrix; false when the direction is found.
  bool step() { return direction_.step(); }
  std::vector<double> result() const;

 private:
  CentredMatrix centred_;
  Lanczos direction_;
};

/// Each column's mean over rows of a row-major matrix.
std::vector<double> column_means(std::span<const float> matrix, std::size_t rows,
                                 std::size_t columns);

/// Negates `values` if its element of largest magnitude (the first of several) is negative.
void make_largest_positive(std::span<double> values);

}  // namespace relcam
