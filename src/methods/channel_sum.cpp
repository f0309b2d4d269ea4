#include "methods/channel_sum.h"

#include <algorithm>

#include "methods/principal.h"

namespace relcam {

namespace {

bool smooths(const MethodInput& input) { return input.parameters.text("eigen-smooth") == "yes"; }

std::vector<float> smooth(const MethodInput& input, std::span<const float> contributions) {
  return to_map(
      principal_projection(contributions, input.raster.positions(), input.raster.channels));
}

std::vector<float> weighted(const MethodInput& input, std::span<const float> weights) {
  std::vector<float> result(input.activation.begin(), input.activation.end());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] *= weights[i % input.raster.channels];
  return result;
}

}  // namespace

ParameterInfo eigen_smooth_parameter() {
  return {.name = "eigen-smooth",
          .type = ParameterType::Choice,
          .fallback = "no",
          .choices = {"no", "yes"},
          .summary = "the first principal direction of the channels' contributions, not their sum"};
}

std::vector<float> sum_weighted(const MethodInput& input, std::span<const float> weights) {
  return smooths(input) ? smooth(input, weighted(input, weights))
                        : weighted_sum(input.raster, input.activation, weights);
}

std::vector<float> contributions_of(const MethodInput& input, Contribution contribution) {
  std::vector<float> result(input.activation.size());
  std::ranges::transform(input.activation, input.signal, result.begin(), contribution);
  return result;
}

std::vector<float> sum_contributions(const MethodInput& input, Contribution contribution) {
  if (smooths(input)) return smooth(input, contributions_of(input, contribution));
  const std::size_t channels = input.raster.channels;
  std::vector<float> map(input.raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) {
    double sum = 0.0;
    for (std::size_t at = i * channels; at < (i + 1) * channels; ++at) {
      sum += static_cast<double>(contribution(input.activation[at], input.signal[at]));
    }
    map[i] = static_cast<float>(sum);
  }
  return map;
}

std::vector<float> to_map(std::span<const double> values) {
  std::vector<float> map(values.size());
  std::ranges::transform(values, map.begin(), [](double x) { return static_cast<float>(x); });
  return map;
}

}  // namespace relcam
