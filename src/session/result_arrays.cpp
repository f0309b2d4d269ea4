#include "session/result_arrays.h"

#include "session/layers.h"
#include "session/spatial_signals.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

void set(ResultArray& result, Shape shape, std::vector<float> data) {
  result.shape = std::move(shape);
  result.data = std::move(data);
}

bool fill_map(ResultArray& result, const LayerSignals& signals) {
  const CamOutput* output = map_of(signals);
  if (output == nullptr) return false;
  if (result.kind == "weights") {
    set(result, {1, signed_size(output->weights.size()), 1, 1}, output->weights);
  } else if (result.kind == "token_matrix") {
    const std::int64_t tokens = signals.value().shape->back();
    set(result, {1, tokens, tokens}, output->matrix);
  } else {
    const ImageSize size = signals.size();
    set(result, {1, 1, size.height, size.width}, evidence_of(output->map, signals.evidence));
  }
  return true;
}

bool fill_scaled(ResultArray& result, const LayerSignals& signals, const Method& method) {
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
  const Raster raster = input_raster(signals.graph);
  const std::vector<float> guide = channels_last(raster, signals.guide);
  MethodInput method_input = spatial.method_input();
  method_input.guide = image_signal(guide, raster);
  return fill_tensor(result, signals.graph.value(signals.graph.inputs.front()),
                     to_memory(raster, method.attribute(method_input)));
}

bool fill_attribution(ResultArray& result, const LayerSignals& signals, const Method& method) {
  return fill_tensor(result, signals.value(),
                     method.attribute({.activation = signals.activation,
                                       .signal = signals.signal,
                                       .parameters = signals.parameters}));
}

}  // namespace

const CamOutput* map_of(const LayerSignals& signals) {
  return signals.output && signals.takes_maps() ? &*signals.output : nullptr;
}

bool fill(ResultArray& result, const LayerSignals& signals, const Method& method) {
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
  return fill_map(result, signals);
}

bool fill_resized(ResultArray& result, const LayerSignals& signals, const Method& method) {
  const CamOutput* output = map_of(signals);
  if (output == nullptr) return false;
  const ImageSize from = signals.size();
  const ImageSize to = input_raster(signals.graph).size();
  set(result, {1, 1, to.height, to.width},
      resize_evidence(output->map, from, to, signals.evidence, method.rectify));
  return true;
}

}  // namespace relcam
