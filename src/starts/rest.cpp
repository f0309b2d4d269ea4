#include <numeric>

#include "starts/roster.h"

namespace relcam {

namespace {

/// d (z_t + log softmax(z)_t) / dz = 2 e_t - p, p = softmax(z).
std::vector<std::vector<float>> seeds(const StartInput& input) {
  std::vector<float> seed = softmax(input.scores);
  for (float& value : seed) value = -value;
  seed[input.target] += 2.0F;
  return {seed};
}

/// -(diag p - p p^T) direction.
std::vector<float> curvature(const StartInput& input, std::span<const float> direction) {
  const std::vector<float> p = softmax(input.scores);
  const double mean = std::inner_product(p.begin(), p.end(), direction.begin(), 0.0);
  std::vector<float> product(p.size());
  for (std::size_t n = 0; n < p.size(); ++n) {
    product[n] =
        static_cast<float>(static_cast<double>(p[n]) * (mean - static_cast<double>(direction[n])));
  }
  return product;
}

}  // namespace

Start rest_start() {
  return {.name = "rest",
          .summary =
              "gradient of the logit plus its log softmax: 2 - y_t at the target, -y_n "
              "elsewhere",
          .paper = "Cai, CAMs as Shapley Value-based Explainers, 2025 (ReST)",
          .combination = Combination::Single,
          .seeds = seeds,
          .curvature = curvature};
}

}  // namespace relcam
