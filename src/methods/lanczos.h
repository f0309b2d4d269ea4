#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "methods/tridiagonal.h"

namespace relcam {

/// A symmetric matrix of size x size, known by what it does to a vector: out = M in.
struct SymmetricMap {
  std::size_t size = 0;
  std::function<void(std::span<const double> in, std::span<double> out)> apply;
};

/// The largest eigenvalue (by value, not by magnitude) of a symmetric map, by the Lanczos iteration
/// with full reorthogonalisation (Golub and Van Loan, Matrix Computations, section 10.3) from a
/// fixed start vector: the same input gives the same output, whose sign means nothing. Stops when
/// |M v - value v| is below 1e-12 of the norm of M, when the space is exhausted, or after 512 steps
/// with the best pair so far.
class Lanczos {
 public:
  /// `map.size` > 0.
  explicit Lanczos(SymmetricMap map);

  /// One product with the matrix; false when the pair is found.
  bool step();
  const EigenPair& result() const { return *found_; }

 private:
  SymmetricMap map_;
  std::vector<std::vector<double>> basis_;
  Tridiagonal projected_;
  std::optional<EigenPair> found_;
};

}  // namespace relcam
