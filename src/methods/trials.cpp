#include "methods/trials.h"

#include <functional>
#include <numeric>

namespace relcam {

double explained_score(std::span<const float> seed, std::span<const float> scores) {
  return std::transform_reduce(
      seed.begin(), seed.end(), scores.begin(), 0.0, std::plus(),
      [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); });
}

std::vector<float> channel_map(const Raster& raster, std::span<const float> values,
                               std::size_t channel) {
  std::vector<float> map(raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) map[i] = values[raster.index(i, channel)];
  return map;
}

std::vector<float> weighted_sum(const Raster& raster, std::span<const float> values,
                                std::span<const float> weights) {
  std::vector<float> map(raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) {
    double sum = 0.0;
    for (std::size_t c = 0; c < raster.channels; ++c) {
      sum += static_cast<double>(weights[c]) * static_cast<double>(values[raster.index(i, c)]);
    }
    map[i] = static_cast<float>(sum);
  }
  return map;
}

}  // namespace relcam
