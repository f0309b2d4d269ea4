#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace relcam {

/// The rows of a row-major matrix, each column's mean taken off, projected on their first principal
/// direction (the first right singular vector of the centred matrix): one number per row, zeros
/// where all rows are equal.
///
/// A principal direction has no sign of its own. Ours is the one whose projection correlates
/// positively with the rows' means; where it does not correlate at all, the projection's element of
/// largest magnitude is positive.
std::vector<double> principal_projection(std::span<const float> matrix, std::size_t rows,
                                         std::size_t columns);

/// Each column's mean over rows of a row-major matrix.
std::vector<double> column_means(std::span<const float> matrix, std::size_t rows,
                                 std::size_t columns);

/// Negates `values` if its element of largest magnitude (the first of several) is negative.
void make_largest_positive(std::span<double> values);

}  // namespace relcam
