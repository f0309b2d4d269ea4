#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace relcam {

/// A symmetric matrix of size x size, known by what it does to a vector: out = M in.
struct SymmetricMap {
  std::size_t size = 0;
  std::function<void(std::span<const double> in, std::span<double> out)> apply;
};

/// A unit eigenvector with its eigenvalue.
struct EigenPair {
  double value = 0.0;
  std::vector<double> vector;
};

/// The largest eigenvalue (by value, not by magnitude) of a symmetric map, by the Lanczos iteration
/// with full reorthogonalisation (Golub and Van Loan, Matrix Computations, section 10.3) from a
/// fixed start vector: the same input gives the same output, whose sign means nothing. Stops when
/// |M v - value v| is below 1e-12 of the norm of M, when the space is exhausted, or after 512 steps
/// with the best pair so far. `map.size` > 0.
EigenPair largest_eigenpair(const SymmetricMap& map);

/// Inner product of two vectors of the same length.
double dot(std::span<const double> a, std::span<const double> b);

}  // namespace relcam
