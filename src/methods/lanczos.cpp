#include "methods/lanczos.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/dot.h"

namespace relcam {

namespace {

constexpr std::size_t kMostSteps = 512;
constexpr double kResidual = 1e-12;

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

Lanczos::Lanczos(SymmetricMap map) : map_(std::move(map)), basis_{start_vector(map_.size)} {}

bool Lanczos::step() {
  if (found_) return false;
  std::vector<double> next(map_.size);
  map_.apply(basis_.back(), next);
  projected_.diagonal.push_back(dot(next, basis_.back()));
  orthogonalise(next, basis_);
  const double length = std::sqrt(dot(next, next));
  const EigenPair pair = largest_eigenpair(projected_);
  const double residual = length * std::abs(pair.vector.back());
  const double scale = std::max(projected_.norm_bound(), length);
  if (basis_.size() == std::min(map_.size, kMostSteps) || residual <= kResidual * scale) {
    found_ = EigenPair{.value = pair.value, .vector = combine(basis_, pair.vector)};
    return false;
  }
  projected_.beside.push_back(length);
  for (double& value : next) value /= length;
  basis_.push_back(std::move(next));
  return true;
}

}  // namespace relcam
