#include "kernels/dot.h"

#include <cstddef>

namespace relcam {

namespace {

/// Four sums, so that one addition need not wait for another.
template <typename Number>
double inner_product(std::span<const Number> a, std::span<const double> b) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += static_cast<double>(a[i + k]) * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += static_cast<double>(a[i]) * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

double dot(std::span<const double> a, std::span<const double> b) { return inner_product(a, b); }

double dot(std::span<const float> a, std::span<const double> b) { return inner_product(a, b); }

}  // namespace relcam
