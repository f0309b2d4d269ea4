#include "methods/method.h"

#include <algorithm>

#include "base/roster.h"
#include "kernels/dot.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// All channels of a position, one behind the other; `copy` has room for them where they do not lie
/// so.
std::span<const float> channels_at(const Raster& raster, std::span<const float> values,
                                   std::size_t position, std::span<float> copy) {
  if (raster.channel_step == 1) {
    return values.subspan(raster.index(position, 0), raster.channels);
  }
  for (std::size_t c = 0; c < raster.channels; ++c) copy[c] = values[raster.index(position, c)];
  return copy;
}

}  // namespace

std::string_view to_string(Signal signal) {
  switch (signal) {
    case Signal::None: return "";
    case Signal::Gradient: return "gradient";
    case Signal::Relevance: return "relevance";
  }
  return "";
}

std::span<const Method> all_methods() {
#define RELCAM_LIST_METHOD(name) name##_method(),
  static const std::vector<Method> methods{RELCAM_METHODS(RELCAM_LIST_METHOD)};
#undef RELCAM_LIST_METHOD
  return methods;
}

const Method& find_method(std::string_view name) {
  return find_entry(all_methods(), "method", name);
}

std::vector<float> signal_itself(const MethodInput& input) {
  return {input.signal.begin(), input.signal.end()};
}

std::vector<float> weighted_sum(const Raster& raster, std::span<const float> values,
                                std::span<const float> weights) {
  const std::vector<double> factors(weights.begin(), weights.end());
  std::vector<float> channels(raster.channels);
  std::vector<float> map(raster.positions());
  for (std::size_t i = 0; i < map.size(); ++i) {
    map[i] = static_cast<float>(dot(channels_at(raster, values, i, channels), factors));
  }
  return map;
}

std::vector<double> position_sums(const ImageSignal& image) {
  std::vector<double> sums(image.raster.positions(), 0.0);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    sums[i / image.raster.channels] += static_cast<double>(image.values[i]);
  }
  return sums;
}

std::vector<double> channel_sums(const Raster& raster, std::span<const float> values) {
  std::vector<double> sums(raster.channels, 0.0);
  std::vector<float> channels(raster.channels);
  for (std::size_t i = 0; i < raster.positions(); ++i) {
    const std::span<const float> at = channels_at(raster, values, i, channels);
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(at[c]);
  }
  return sums;
}

std::vector<float> summed_signal(const MethodInput& input) {
  return to_floats(channel_sums(input.raster, input.signal));
}

std::vector<float> mean_signal(const MethodInput& input) {
  std::vector<double> means = channel_sums(input.raster, input.signal);
  for (double& mean : means) mean /= static_cast<double>(input.raster.positions());
  return to_floats(means);
}

std::vector<float> to_floats(std::span<const double> values) {
  std::vector<float> floats(values.size());
  std::ranges::transform(values, floats.begin(), [](double x) { return static_cast<float>(x); });
  return floats;
}

}  // namespace relcam
