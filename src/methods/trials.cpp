#include "methods/trials.h"

#include <functional>
#include <numeric>

namespace relcam {

CamOutput weigh_activations(const TrialInput& input, std::vector<float> weights) {
  std::vector<float> map = weighted_sum(input.layer_raster, input.activation, weights);
  return {.weights = std::move(weights), .map = std::move(map)};
}

double explained_score(std::span<const float> seed, std::span<const float> scores) {
  return std::transform_reduce(
      seed.begin(), seed.end(), scores.begin(), 0.0, std::plus(),
      [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); });
}

void apply_mask(const Raster& raster, std::span<const float> mask, std::span<float> values) {
  for (std::size_t i = 0; i < mask.size(); ++i) {
    for (std::size_t c = 0; c < raster.channels; ++c) values[raster.index(i, c)] *= mask[i];
  }
}

std::vector<float> channel_map(const Raster& raster, std::span<const float> values,
                               std::size_t channel) {
  std::vector<float> map(raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) map[i] = values[raster.index(i, channel)];
  return map;
}

}  // namespace relcam
