#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace relcam {

/// A unit eigenvector with its eigenvalue.
struct EigenPair {
  double value = 0.0;
  std::vector<double> vector;
};

/// A symmetric tridiagonal matrix: `beside[i]` stands between diagonal elements i and i + 1.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> beside;

  std::size_t size() const { return diagonal.size(); }
  double off(std::size_t i) const { return i < beside.size() ? beside[i] : 0.0; }
  double before(std::size_t i) const { return i > 0 ? off(i - 1) : 0.0; }
  /// No eigenvalue is larger in magnitude (Gershgorin).
  double norm_bound() const;
};

/// Scales a vector to length 1.
void normalise(std::span<double> vector);

/// The largest eigenpair by bisection and inverse iteration. The matrix is not empty.
EigenPair largest_eigenpair(const Tridiagonal& matrix);

}  // namespace relcam
