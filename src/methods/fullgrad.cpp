#include <cmath>

#include "methods/finish.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Adds to `total` every channel of |factor * signal|, each on its own scaled to [0,1] and resized.
/// `factor(position, channel)`: what the signal is multiplied by there.
template <typename Factor>
void add_channels(const ImageSignal& signal, const Factor& factor, ImageSize to,
                  std::vector<double>& total) {
  const Raster& raster = signal.raster;
  std::vector<float> map(raster.positions());
  for (std::size_t c = 0; c < raster.channels; ++c) {
    for (std::size_t i = 0; i < map.size(); ++i) {
      map[i] = std::fabs(factor(i, c) * signal.values[raster.index(i, c)]);
    }
    const std::vector<float> resized = resize_unit_map(map, raster.size(), to, false);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += static_cast<double>(resized[i]);
  }
}

std::vector<float> map(const MethodInput& input) {
  const ImageSize to = input.raster.size();
  const ImageSignal gradient{.values = input.signal, .raster = input.raster};
  std::vector<double> total(input.raster.positions(), 0.0);
  const auto value = [&](std::size_t position, std::size_t channel) {
    return input.activation[input.raster.index(position, channel)];
  };
  add_channels(gradient, value, to, total);
  for (const BiasTerm& term : input.biases) {
    const auto bias = [&](std::size_t, std::size_t channel) { return term.bias[channel]; };
    add_channels(term.signal, bias, to, total);
  }
  return to_floats(total);
}

}  // namespace

/// psi of the paper's equation 8 is, as in pytorch-grad-cam: magnitude, scaling of each channel to
/// [0,1], bilinear resizing. At a layer other than the input, the layer takes the input's place and
/// the biases behind it count.
Method fullgrad_method() {
  return {.name = "fullgrad",
          .summary =
              "input times gradient, and bias times gradient of every convolution and "
              "normalisation, added up",
          .paper =
              "Srinivas and Fleuret, Full-Gradient Representation for Neural Network "
              "Visualization, NeurIPS 2019, equation 8",
          .signal = Signal::Gradient,
          .default_layer = "input",
          .reads_biases = true,
          .map = map};
}

}  // namespace relcam
