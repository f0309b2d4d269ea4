#include <algorithm>
#include <cmath>
#include <tuple>

#include "starts/roster.h"

namespace relcam {

namespace {

/// How many rivals the paper compares with.
constexpr std::size_t kRivals = 3;

/// The classes whose scores are nearest to the target's.
std::vector<std::size_t> nearest_classes(const StartInput& input) {
  std::vector<std::size_t> classes = other_classes_by_score(input);
  const float own = input.scores[input.target];
  std::ranges::sort(classes, {}, [&](std::size_t other) {
    const float score = input.scores[other];
    return std::tuple(std::abs(score - own), -score, other);
  });
  classes.resize(std::min(classes.size(), kRivals));
  return classes;
}

/// The gradient at the scores z of L = sum_k p_k (z_t - alpha z_k) / D, D = sum_k p_k + 1e-9, k the
/// rivals and p the softmax of z. With m_j = p_j for rivals and 0 for all others, S their sum, and
/// N the numerator: dN/dz_j = m_j (z_t - alpha z_j - alpha) - p_j N + S [j = t] and
/// dD/dz_j = m_j - p_j S.
std::vector<std::vector<float>> seeds(const StartInput& input) {
  constexpr double kTiny = 1e-9;
  require_other_classes(input, "finer");
  std::vector<std::size_t> rivals = chosen_classes(input, "rivals");
  if (rivals.empty()) rivals = nearest_classes(input);
  const double alpha = input.parameters.number("alpha");
  const std::vector<float> p = softmax(input.scores);
  const double target_score = static_cast<double>(input.scores[input.target]);
  const auto margin = [&](std::size_t k) {
    return target_score - alpha * static_cast<double>(input.scores[k]);
  };
  std::vector<double> mass(p.size(), 0.0);
  double sum = 0.0;
  double numerator = 0.0;
  for (const std::size_t k : rivals) {
    mass[k] += static_cast<double>(p[k]);
    sum += static_cast<double>(p[k]);
    numerator += static_cast<double>(p[k]) * margin(k);
  }
  const double denominator = sum + kTiny;
  const double loss = numerator / denominator;
  std::vector<float> seed(p.size());
  for (std::size_t j = 0; j < seed.size(); ++j) {
    const double probability = static_cast<double>(p[j]);
    double slope = mass[j] * (margin(j) - alpha) - probability * numerator;
    if (j == input.target) slope += sum;
    seed[j] = static_cast<float>((slope - loss * (mass[j] - probability * sum)) / denominator);
  }
  return {seed};
}

}  // namespace

Start finer_start() {
  return {.name = "finer",
          .summary =
              "the target against its nearest rivals, weighted by their probabilities: the "
              "gradient of sum_k p_k (z_t - alpha z_k) / sum_k p_k at the class scores z",
          .paper =
              "Zhang et al., Finer-CAM: spotting the difference reveals finer details for "
              "visual explanation, CVPR 2025; weighted as in pytorch-grad-cam",
          .parameters = {{.name = "rivals",
                          .type = ParameterType::Classes,
                          .fallback = "",
                          .summary = "classes to compare with; empty: the three nearest by score"},
                         {.name = "alpha",
                          .type = ParameterType::Number,
                          .fallback = "1",
                          .summary = "share of a rival's score that is taken off"}},
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
