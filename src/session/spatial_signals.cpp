#include "session/spatial_signals.h"

#include "base/error.h"
#include "session/layers.h"

namespace relcam {

namespace {

bool is_channels_last(const Raster& raster, std::size_t size) {
  return raster.offset == 0 && raster.channel_step == 1 &&
         raster.position_step == raster.channels && size == raster.positions() * raster.channels;
}

}  // namespace

std::vector<float> channels_last(const Raster& raster, std::span<const float> physical) {
  if (is_channels_last(raster, physical.size())) return {physical.begin(), physical.end()};
  std::vector<float> image;
  image.reserve(raster.positions() * raster.channels);
  for (std::size_t i = 0; i < raster.positions(); ++i) {
    for (std::size_t c = 0; c < raster.channels; ++c) image.push_back(physical[raster.index(i, c)]);
  }
  return image;
}

std::vector<float> to_memory(const Raster& raster, std::span<const float> image) {
  std::vector<float> physical(image.begin(), image.end());
  if (is_channels_last(raster, image.size())) return physical;
  for (std::size_t i = 0; i < raster.positions(); ++i) {
    for (std::size_t c = 0; c < raster.channels; ++c) {
      physical[raster.index(i, c)] = image[i * raster.channels + c];
    }
  }
  return physical;
}

ImageSignal image_signal(std::span<const float> image, const Raster& raster) {
  return {.values = image,
          .raster = channels_last_raster(raster.height, raster.width, raster.channels)};
}

Raster input_raster(const Graph& graph) {
  if (const auto raster = raster_of(graph, graph.inputs.front())) return *raster;
  throw Error(ErrorCode::InvalidOption,
              "this result needs a model whose input is one image of rank 4", "emit");
}

SpatialSignals::SpatialSignals(const LayerSignals& signals)
    : signals_(signals),
      raster_(*raster_of(signals.graph, signals.layer)),
      activation_(ordered(signals.activation)),
      signal_(ordered(signals.signal)),
      curvature_(ordered(signals.curvature)) {
  for (const BiasSignal& term : signals.biases) {
    biases_.push_back({.bias = term.bias, .signal = image_signal(term.signal, term.raster)});
  }
}

/// Most layers lie channels last: nothing is copied then.
std::span<const float> SpatialSignals::ordered(std::span<const float> physical) {
  if (physical.empty() || is_channels_last(raster_, physical.size())) return physical;
  return copies_.emplace_back(channels_last(raster_, physical));
}

MethodInput SpatialSignals::method_input() const {
  return {.activation = activation_,
          .signal = signal_,
          .raster = channels_last_raster(raster_.height, raster_.width, raster_.channels),
          .mean_weights = signals_.channel_weight == ChannelWeight::Mean,
          .parameters = signals_.parameters,
          .biases = biases_,
          .curvature = curvature_};
}

}  // namespace relcam
