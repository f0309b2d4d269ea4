#include "methods/lanczos.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace relcam {

namespace {

constexpr std::size_t kMostSteps = 512;
constexpr int kMostHalvings = 128;
constexpr double kResidual = 1e-12;
constexpr double kRounding = std::numeric_limits<double>::epsilon();

/// A symmetric tridiagonal matrix: `beside[i]` stands between diagonal elements i and i + 1.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> beside;

  std::size_t size() const { return diagonal.size(); }
  double off(std::size_t i) const { return i < beside.size() ? beside[i] : 0.0; }
  double before(std::size_t i) const { return i > 0 ? off(i - 1) : 0.0; }
  /// No eigenvalue is larger in magnitude (Gershgorin).
  double norm_bound() const {
    double bound = 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      bound = std::max(bound, std::abs(diagonal[i]) + std::abs(off(i)) + std::abs(before(i)));
    }
    return bound;
  }
};

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

void normalise(std::span<double> vector) {
  const double length = std::sqrt(dot(vector, vector));
  for (double& value : vector) value /= length;
}

/// Solves (x I - T) v = v in place by the pivots of x I - T.
void solve(const Tridiagonal& matrix, std::span<const double> pivots, std::span<double> v) {
  for (std::size_t i = 1; i < v.size(); ++i) v[i] += matrix.before(i) / pivots[i - 1] * v[i - 1];
  v.back() /= pivots.back();
  for (std::size_t i = v.size() - 1; i-- > 0;) {
    v[i] = (v[i] + matrix.off(i) * v[i + 1]) / pivots[i];
  }
}

/// The largest eigenpair by bisection and inverse iteration.
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

/// A vector that no structure of a matrix is likely to be orthogonal to.
std::vector<double> start_vector(std::size_t size) {
  std::mt19937 generator;  // NOLINT(bugprone-random-generator-seed): the same vector every time
  std::vector<double> vector(size);
  for (double& value : vector) value = static_cast<double>(generator()) - 0x1p31 + 0.5;
  normalise(vector);
  return vector;
}

/// Takes out of `vector` what lies in the span of the orthonormal `basis`. Twice is enough.
void orthogonalise(std::span<double> vector, const std::vector<std::vector<double>>& basis) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::vector<double>& direction : basis) {
      const double part = dot(vector, direction);
      for (std::size_t i = 0; i < vector.size(); ++i) vector[i] -= part * direction[i];
    }
  }
}

std::vector<double> combine(const std::vector<std::vector<double>>& basis,
                            std::span<const double> factors) {
  std::vector<double> result(basis.front().size(), 0.0);
  for (std::size_t k = 0; k < factors.size(); ++k) {
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += factors[k] * basis[k][i];
  }
  normalise(result);
  return result;
}

}  // namespace

double dot(std::span<const double> a, std::span<const double> b) {
  // Four sums, so that one addition need not wait for another.
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

EigenPair largest_eigenpair(const SymmetricMap& map) {
  std::vector<std::vector<double>> basis = {start_vector(map.size)};
  Tridiagonal projected;
  const std::size_t most_steps = std::min(map.size, kMostSteps);
  while (true) {
    std::vector<double> next(map.size);
    map.apply(basis.back(), next);
    projected.diagonal.push_back(dot(next, basis.back()));
    orthogonalise(next, basis);
    const double length = std::sqrt(dot(next, next));
    EigenPair pair = largest_eigenpair(projected);
    const double residual = length * std::abs(pair.vector.back());
    const double scale = std::max(projected.norm_bound(), length);
    if (basis.size() == most_steps || residual <= kResidual * scale) {
      pair.vector = combine(basis, pair.vector);
      return pair;
    }
    projected.beside.push_back(length);
    for (double& value : next) value /= length;
    basis.push_back(std::move(next));
  }
}

}  // namespace relcam
