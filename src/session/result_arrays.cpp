#include "session/result_arrays.h"

#include <algorithm>

#include "base/error.h"
#include "methods/map.h"
#include "session/layers.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

/// An image's values with the channels last.
std::vector<float> channels_last(const Raster& raster, std::span<const float> physical) {
  if (raster.channel_step == 1) return {physical.begin(), physical.end()};
  return transpose_planes(physical, 1, raster.channels, raster.positions());
}

/// From channels last to the order of memory.
std::vector<float> to_memory(const Raster& raster, std::span<const float> image) {
  if (raster.channel_step == 1) return {image.begin(), image.end()};
  return transpose_planes(image, 1, raster.positions(), raster.channels);
}

void set(ResultArray& result, Shape shape, std::vector<float> data) {
  result.shape = std::move(shape);
  result.data = std::move(data);
}

ValueId input_of(const LayerSignals& signals) { return signals.graph.inputs.front(); }

/// How the model's input image lies in memory.
Raster input_raster(const LayerSignals& signals) {
  if (const auto raster = raster_of(signals.graph, input_of(signals))) return *raster;
  throw Error(ErrorCode::InvalidOption,
              "this result needs a model whose input is one image of rank 4", "emit");
}

ImageSignal image_signal(std::span<const float> image, const Raster& raster) {
  return {.values = image,
          .raster = channels_last_raster(raster.height, raster.width, raster.channels)};
}

/// What a method is told of a spatial layer, channels last.
class SpatialSignals {
 public:
  explicit SpatialSignals(const LayerSignals& signals)
      : signals_(signals),
        raster_(*raster_of(signals.graph, signals.layer)),
        activation_(ordered(signals.activation)),
        signal_(ordered(signals.signal)),
        curvature_(ordered(signals.curvature)) {
    for (const BiasSignal& term : signals.biases) {
      biases_.push_back({.bias = term.bias, .signal = image_signal(term.signal, term.raster)});
    }
  }

  MethodInput method_input() const {
    return {.activation = activation_,
            .signal = signal_,
            .raster = channels_last_raster(raster_.height, raster_.width, raster_.channels),
            .mean_weights = signals_.channel_weight == ChannelWeight::Mean,
            .parameters = signals_.parameters,
            .biases = biases_,
            .curvature = curvature_};
  }

 private:
  std::vector<float> ordered(std::span<const float> physical) const {
    return physical.empty() ? std::vector<float>() : channels_last(raster_, physical);
  }

  const LayerSignals& signals_;
  Raster raster_;
  std::vector<float> activation_;
  std::vector<float> signal_;
  std::vector<float> curvature_;
  std::vector<BiasTerm> biases_;
};

bool fill_map(ResultArray& result, LayerSignals& signals, const Method& method) {
  const CamOutput* output = map_of(signals, method);
  if (output == nullptr) return false;
  const Raster raster = *raster_of(signals.graph, signals.layer);
  if (result.kind == "weights") {
    set(result, {1, signed_size(raster.channels), 1, 1}, output->weights);
  } else {
    set(result, {1, 1, signed_size(raster.height), signed_size(raster.width)},
        evidence_of(output->map, signals.evidence));
  }
  return true;
}

bool fill_scaled(ResultArray& result, LayerSignals& signals, const Method& method) {
  if (!fill_resized(result, signals, method)) return false;
  scale_evidence(result.data, signals.evidence);
  return true;
}

bool fill_tensor(ResultArray& result, const Value& value, std::span<const float> physical) {
  set(result, onnx_shape(value), to_onnx_order(value, physical));
  return true;
}

/// The attribution of a method with a guide, which has the shape of the model's input.
bool fill_guided(ResultArray& result, const LayerSignals& signals, const Method& method) {
  if (signals.is_beginning) return false;
  const SpatialSignals spatial(signals);
  const Raster raster = input_raster(signals);
  const std::vector<float> guide = channels_last(raster, signals.guide);
  MethodInput method_input = spatial.method_input();
  method_input.guide = image_signal(guide, raster);
  return fill_tensor(result, signals.graph.value(input_of(signals)),
                     to_memory(raster, method.attribute(method_input)));
}

bool fill_attribution(ResultArray& result, const LayerSignals& signals, const Method& method) {
  return fill_tensor(result, signals.value(),
                     method.attribute({.activation = signals.activation,
                                       .signal = signals.signal,
                                       .parameters = signals.parameters}));
}

}  // namespace

CamOutput* map_of(LayerSignals& signals, const Method& method) {
  if (signals.is_beginning || !raster_of(signals.graph, signals.layer)) return nullptr;
  if (!signals.output && method.maps_signals()) {
    signals.output = make_map(method, SpatialSignals(signals).method_input());
  }
  return signals.output ? &*signals.output : nullptr;
}

bool fill(ResultArray& result, LayerSignals& signals, const Method& method) {
  if (result.kind == to_string(method.signal)) {
    return fill_tensor(result, signals.value(), signals.signal);
  }
  if (result.kind == "gradient") return fill_tensor(result, signals.value(), signals.gradient);
  if (result.kind == "activation") return fill_tensor(result, signals.value(), signals.activation);
  if (result.kind == "seed") {
    if (!signals.is_beginning) return false;
    return fill_tensor(result, signals.value(), signals.seed);
  }
  if (method.rerun.attributes) return fill_tensor(result, signals.value(), signals.output->map);
  if (result.kind == "attribution") {
    return method.guide.empty() ? fill_attribution(result, signals, method)
                                : fill_guided(result, signals, method);
  }
  if (result.kind == "scaled") return fill_scaled(result, signals, method);
  return fill_map(result, signals, method);
}

bool fill_resized(ResultArray& result, LayerSignals& signals, const Method& method) {
  const CamOutput* output = map_of(signals, method);
  if (output == nullptr) return false;
  const ImageSize from = raster_of(signals.graph, signals.layer)->size();
  const ImageSize to = input_raster(signals).size();
  set(result, {1, 1, to.height, to.width},
      resize_evidence(output->map, from, to, signals.evidence, method.rectify));
  return true;
}

}  // namespace relcam
