#include <algorithm>
#include <cmath>

#include "image/resize_map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

ImageSize size_of(std::size_t width, std::size_t height) {
  return {.width = static_cast<int>(width), .height = static_cast<int>(height)};
}

/// Adds one channel of |factor * signal|, scaled to [0,1] and resized, to the map.
class ChannelSum {
 public:
  explicit ChannelSum(ImageSize to)
      : to_(to),
        resized_(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height)),
        map_(resized_.size(), 0.0) {}

  /// `factor(position)`: what the channel's signal is multiplied by there.
  template <typename Factor>
  void add(const ImageSignal& signal, std::size_t channel, Factor&& factor) {
    constexpr float kTiny = 1e-7F;
    channel_.resize(signal.height * signal.width);
    for (std::size_t i = 0; i < channel_.size(); ++i) {
      channel_[i] = std::fabs(factor(i) * signal.values[i * signal.channels + channel]);
    }
    const auto [low, high] = std::ranges::minmax(channel_);
    const float divisor = kTiny + (high - low);
    for (float& value : channel_) value = (value - low) / divisor;
    resize_map(channel_, size_of(signal.width, signal.height), resized_, to_,
               MapCoordinates::HalfPixel);
    for (std::size_t i = 0; i < map_.size(); ++i) map_[i] += static_cast<double>(resized_[i]);
  }

  std::vector<float> map() const { return {map_.begin(), map_.end()}; }

 private:
  ImageSize to_;
  std::vector<float> channel_;
  std::vector<float> resized_;
  std::vector<double> map_;
};

CamOutput map(const MethodInput& input) {
  ChannelSum sum(size_of(input.width, input.height));
  const ImageSignal gradient{.values = input.signal,
                             .height = input.height,
                             .width = input.width,
                             .channels = input.channels};
  for (std::size_t c = 0; c < input.channels; ++c) {
    sum.add(gradient, c,
            [&](std::size_t at) { return input.activation[at * input.channels + c]; });
  }
  for (const BiasTerm& term : input.biases) {
    for (std::size_t c = 0; c < term.signal.channels; ++c) {
      sum.add(term.signal, c, [&](std::size_t) { return term.bias[c]; });
    }
  }
  return {.weights = {}, .map = sum.map()};
}

}  // namespace

/// psi of the paper's equation 8 is, as in pytorch-grad-cam: magnitude, scaling of each channel to
/// [0,1] by (m - min) / (1e-7 + max(m - min)), bilinear resizing. At a layer other than the input,
/// the layer takes the input's place and the biases behind it count.
Method fullgrad_method() {
  return {.name = "fullgrad",
          .summary = "input times gradient, and bias times gradient of every convolution and "
                     "normalisation, added up",
          .paper = "Srinivas and Fleuret, Full-Gradient Representation for Neural Network "
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
