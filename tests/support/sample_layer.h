#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "support/make_map.h"

namespace relcam::testing {

/// A layer of random activations and signals, of either sign unless said otherwise.
struct SampleLayer {
  explicit SampleLayer(unsigned seed = 1, std::size_t height_ = 4, std::size_t width_ = 5,
                       std::size_t channels_ = 7)
      : height(height_), width(width_), channels(channels_) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < positions() * channels; ++i) {
      activation.push_back(normal(generator));
      signal.push_back(normal(generator));
    }
  }

  std::size_t height;
  std::size_t width;
  std::size_t channels;
  std::vector<float> activation;
  std::vector<float> signal;

  std::size_t positions() const { return height * width; }
  double a(std::size_t position, std::size_t channel) const {
    return static_cast<double>(activation[position * channels + channel]);
  }
  double g(std::size_t position, std::size_t channel) const {
    return static_cast<double>(signal[position * channels + channel]);
  }

  /// What the method sees of it.
  MethodInput input(const Method& method, const Settings& settings = {}) const {
    const bool reads_signal = method.signal != Signal::None;
    return {.activation = activation,
            .signal = reads_signal ? std::span<const float>(signal) : std::span<const float>(),
            .raster = channels_last_raster(height, width, channels),
            .parameters = Parameters(method.parameters, settings)};
  }

  CamOutput run(const std::string& name, const Settings& settings = {}) const {
    const Method& method = find_method(name);
    return make_map(method, input(method, settings));
  }
};

}  // namespace relcam::testing
