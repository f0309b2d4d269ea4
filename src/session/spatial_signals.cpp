#include "session/spatial_signals.h"

#include "base/error.h"
#include "session/layers.h"
#include "session/tensor_order.h"

namespace relcam {

std::vector<float> channels_last(const Raster& raster, std::span<const float> physical) {
  if (raster.channel_step == 1) return {physical.begin(), physical.end()};
  return transpose_planes(physical, 1, raster.channels, raster.positions());
}

std::vector<float> to_memory(const Raster& raster, std::span<const float> image) {
  if (raster.channel_step == 1) return {image.begin(), image.end()};
  return transpose_planes(image, 1, raster.positions(), raster.channels);
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

std::vector<float> SpatialSignals::ordered(std::span<const float> physical) const {
  return physical.empty() ? std::vector<float>() : channels_last(raster_, physical);
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
