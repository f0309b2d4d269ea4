#include "methods/tridiagonal.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/dot.h"

namespace relcam {

namespace {

constexpr int kMostHalvings = 128;
constexpr double kRounding = std::numeric_limits<double>::epsilon();

/// The pivots of x I - T, which are all positive exactly where x lies above every eigenvalue.
/// Pivots below `least` are raised to it.
std::vector<double> pivots_of(const Tridiagonal& matrix, double x, double least) {
  std::vector<double> pivots(matrix.size());
  for (std::size_t i = 0; i < pivots.size(); ++i) {
    const double fill = i > 0 ? matrix.before(i) * matrix.before(i) / pivots[i - 1] : 0.0;
    pivots[i] = std::max(x - matrix.diagonal[i] - fill, least);
  }
  return pivots;
}

bool lies_above_spectrum(const Tridiagonal& matrix, double x) {
  double pivot = 1.0;
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const double fill = i > 0 ? matrix.before(i) * matrix.before(i) / pivot : 0.0;
    pivot = x - matrix.diagonal[i] - fill;
    if (pivot <= 0.0) return false;
  }
  return true;
}

/// The smallest number found to lie above all eigenvalues, a rounding error away from the largest.
double largest_eigenvalue(const Tridiagonal& matrix, double norm) {
  double low = std::ranges::max(matrix.diagonal);
  double high = norm * (1.0 + 4.0 * kRounding);
  for (int halving = 0; halving < kMostHalvings && high - low > 2.0 * kRounding * norm; ++halving) {
    const double middle = 0.5 * (low + high);
    (lies_above_spectrum(matrix, middle) ? high : low) = middle;
  }
  return high;
}

/// Solves (x I - T) v = v in place by the pivots of x I - T.
void solve(const Tridiagonal& matrix, std::span<const double> pivots, std::span<double> v) {
  for (std::size_t i = 1; i < v.size(); ++i) v[i] += matrix.before(i) / pivots[i - 1] * v[i - 1];
  v.back() /= pivots.back();
  for (std::size_t i = v.size() - 1; i-- > 0;) {
    v[i] = (v[i] + matrix.off(i) * v[i + 1]) / pivots[i];
  }
}

}  // namespace

void normalise(std::span<double> vector) {
  const double length = std::sqrt(dot(vector, vector));
  for (double& value : vector) value /= length;
}

double Tridiagonal::norm_bound() const {
  double bound = 0.0;
  for (std::size_t i = 0; i < size(); ++i) {
    bound = std::max(bound, std::abs(diagonal[i]) + std::abs(off(i)) + std::abs(before(i)));
  }
  return bound;
}

EigenPair largest_eigenpair(const Tridiagonal& matrix) {
  constexpr int kInverseIterations = 3;
  const double norm = matrix.norm_bound();
  EigenPair pair{.value = 0.0, .vector = std::vector<double>(matrix.size(), 1.0)};
  if (norm > 0.0) {
    pair.value = largest_eigenvalue(matrix, norm);
    const std::vector<double> pivots = pivots_of(matrix, pair.value, kRounding * norm);
    for (int i = 0; i < kInverseIterations; ++i) {
      solve(matrix, pivots, pair.vector);
      normalise(pair.vector);
    }
  }
  normalise(pair.vector);
  return pair;
}

}  // namespace relcam
