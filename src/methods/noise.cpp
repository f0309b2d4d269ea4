#include "methods/noise.h"

#include <algorithm>

#include "methods/random.h"

namespace relcam {

std::vector<ParameterInfo> noise_parameters(std::string_view samples, std::string_view noise) {
  return {{.name = "samples",
           .type = ParameterType::Integer,
           .fallback = samples,
           .least = 1,
           .most = 10000,
           .summary = "noisy images"},
          {.name = "noise",
           .fallback = noise,
           .least = 0,
           .most = 10,
           .summary = "standard deviation of the noise, as a share of the image's range of values"},
          {.name = "seed",
           .type = ParameterType::Integer,
           .fallback = "0",
           .least = 0,
           .most = kMostSeed,
           .summary = "of the noise"}};
}

void add_noise(const Parameters& parameters, std::size_t trial, std::span<float> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const double deviation = parameters.number("noise") * static_cast<double>(high - low);
  Random random(parameters.integer("seed"), trial);
  for (float& value : values) value += static_cast<float>(deviation * random.normal());
}

}  // namespace relcam
