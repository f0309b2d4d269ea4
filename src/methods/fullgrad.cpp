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
  std::vector<float> map(signal.height * signal.width);
  for (std::size_t c = 0; c < signal.channels; ++c) {
    for (std::size_t i = 0; i < map.size(); ++i) {
      map[i] = std::fabs(factor(i, c) * signal.values[i * signal.channels + c]);
    }
    const std::vector<float> resized =
        resize_unit_map(map, image_size(signal.height, signal.width), to, false);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += static_cast<double>(resized[i]);
  }
}

CamOutput map(const MethodInput& input) {
  const ImageSize to = image_size(input.height, input.width);
  const ImageSignal gradient{.values = input.signal,
                             .height = input.height,
                             .width = input.width,
                             .channels = input.channels};
  std::vector<double> total(input.height * input.width, 0.0);
  const auto value = [&](std::size_t position, std::size_t channel) {
    return input.activation[position * input.channels + channel];
  };
  add_channels(gradient, value, to, total);
  for (const BiasTerm& term : input.biases) {
    const auto bias = [&](std::size_t, std::size_t channel) { return term.bias[channel]; };
    add_channels(term.signal, bias, to, total);
  }
  return {.weights = {}, .map = {total.begin(), total.end()}};
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
          .default_start = "one-hot",
          .default_composite = "gradient",
          .default_layer = "input",
          .reads_biases = true,
          .weighs_channels = false,
          .map = map};
}

}  // namespace relcam
