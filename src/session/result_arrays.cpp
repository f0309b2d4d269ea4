#include "session/result_arrays.h"

#include <algorithm>

#include "base/error.h"
#include "session/layers.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

/// A rank-4 activation's values with the channels last, whatever its layout.
std::vector<float> channels_last(const Value& value, std::span<const float> physical) {
  const SpatialExtent extent = *spatial_extent(value);
  if (value.layout == Layout::ChannelsLast) return {physical.begin(), physical.end()};
  return transpose_planes(physical, 1, extent.channels, extent.height * extent.width);
}

void set(ResultArray& result, Shape shape, std::vector<float> data) {
  result.shape = std::move(shape);
  result.data = std::move(data);
}

ImageSize size_of(const SpatialExtent& extent) {
  return {.width = static_cast<int>(extent.width), .height = static_cast<int>(extent.height)};
}

/// An NHWC input has its channels last although its memory is in ONNX order.
bool is_nhwc(const Value& input) {
  const Shape& shape = *input.shape;
  return input.layout == Layout::Plain && shape[3] <= 4 && shape[1] > 4;
}

/// Extent of the model's input image.
SpatialExtent input_extent(const Value& input) {
  const auto extent = spatial_extent(input);
  if (!extent) {
    throw Error(ErrorCode::InvalidOption,
                "this result needs a model whose input is one image of rank 4", "emit");
  }
  if (!is_nhwc(input)) return *extent;
  return {.height = extent->channels, .width = extent->height, .channels = extent->width};
}

/// Extent of a spatial layer, which may be the model's input.
SpatialExtent extent_of(const Value& layer, const Value& input) {
  return &layer == &input ? input_extent(input) : *spatial_extent(layer);
}

/// The model's input image with the channels last.
std::vector<float> input_image(const Value& input, std::span<const float> physical) {
  if (is_nhwc(input)) return {physical.begin(), physical.end()};
  return channels_last(input, physical);
}

/// From channels last to the order of the input's memory.
std::vector<float> as_input(const Value& input, std::span<const float> image) {
  if (is_nhwc(input) || input.layout == Layout::ChannelsLast) return {image.begin(), image.end()};
  const SpatialExtent extent = *spatial_extent(input);
  return transpose_planes(image, 1, extent.height * extent.width, extent.channels);
}

/// What a method is told of a spatial layer, channels last. `input` is the model's.
class SpatialSignals {
 public:
  SpatialSignals(const LayerSignals& signals, const Value& input)
      : signals_(signals),
        extent_(extent_of(signals.value, input)),
        activation_(ordered(input, signals.activation)),
        signal_(ordered(input, signals.signal)),
        curvature_(ordered(input, signals.curvature)) {
    for (const BiasSignal& term : signals.biases) {
      const SpatialExtent extent = *spatial_extent(*term.output);
      biases_.push_back({.bias = term.bias, .signal = image_signal(term.signal, extent)});
    }
  }

  MethodInput method_input() const {
    return {.activation = activation_,
            .signal = signal_,
            .height = extent_.height,
            .width = extent_.width,
            .channels = extent_.channels,
            .mean_weights = signals_.channel_weight == ChannelWeight::Mean,
            .parameters = signals_.parameters,
            .biases = biases_,
            .curvature = curvature_};
  }

  static ImageSignal image_signal(std::span<const float> values, const SpatialExtent& extent) {
    return {.values = values,
            .height = extent.height,
            .width = extent.width,
            .channels = extent.channels};
  }

 private:
  std::vector<float> ordered(const Value& input, std::span<const float> physical) const {
    if (physical.empty()) return {};
    return &signals_.value == &input ? input_image(input, physical)
                                     : channels_last(signals_.value, physical);
  }

  const LayerSignals& signals_;
  SpatialExtent extent_;
  std::vector<float> activation_;
  std::vector<float> signal_;
  std::vector<float> curvature_;
  std::vector<BiasTerm> biases_;
};

bool fill_map(ResultArray& result, LayerSignals& signals, const Method& method,
              const Value& input) {
  const CamOutput* output = map_of(signals, method, input);
  if (output == nullptr) return false;
  const SpatialExtent extent = extent_of(signals.value, input);
  if (result.kind == "weights") {
    set(result, {1, signed_size(extent.channels), 1, 1}, output->weights);
  } else {
    set(result, {1, 1, signed_size(extent.height), signed_size(extent.width)},
        evidence_of(output->map, signals.evidence));
  }
  return true;
}

bool fill_scaled(ResultArray& result, LayerSignals& signals, const Method& method,
                 const Value& input) {
  if (!fill_resized(result, signals, method, input)) return false;
  scale_evidence(result.data, signals.evidence);
  return true;
}

bool fill_tensor(ResultArray& result, const Value& value, std::span<const float> physical) {
  set(result, onnx_shape(value), to_onnx_order(value, physical));
  return true;
}

/// The attribution of a method with a guide, which has the shape of the model's input.
bool fill_guided(ResultArray& result, const LayerSignals& signals, const Method& method,
                 const Value& input) {
  if (signals.is_beginning) return false;
  const SpatialSignals spatial(signals, input);
  const std::vector<float> guide = input_image(input, signals.guide);
  MethodInput method_input = spatial.method_input();
  method_input.guide = SpatialSignals::image_signal(guide, input_extent(input));
  return fill_tensor(result, input, as_input(input, method.attribute(method_input)));
}

bool fill_attribution(ResultArray& result, const LayerSignals& signals, const Method& method) {
  return fill_tensor(result, signals.value,
                     method.attribute({.activation = signals.activation,
                                       .signal = signals.signal,
                                       .parameters = signals.parameters}));
}

}  // namespace

CamOutput* map_of(LayerSignals& signals, const Method& method, const Value& input) {
  if (signals.is_beginning || !spatial_extent(signals.value)) return nullptr;
  if (!signals.output && method.map != nullptr) {
    signals.output = method.map(SpatialSignals(signals, input).method_input());
  }
  return signals.output ? &*signals.output : nullptr;
}

bool fill(ResultArray& result, LayerSignals& signals, const Method& method, const Value& input) {
  if (result.kind == to_string(method.signal)) {
    return fill_tensor(result, signals.value, signals.signal);
  }
  if (result.kind == "gradient") return fill_tensor(result, signals.value, signals.gradient);
  if (result.kind == "activation") return fill_tensor(result, signals.value, signals.activation);
  if (result.kind == "seed") {
    if (!signals.is_beginning) return false;
    return fill_tensor(result, signals.value, signals.seed);
  }
  if (method.rerun.attributes) return fill_tensor(result, signals.value, signals.output->map);
  if (result.kind == "attribution") {
    return method.guide.empty() ? fill_attribution(result, signals, method)
                                : fill_guided(result, signals, method, input);
  }
  if (result.kind == "scaled") return fill_scaled(result, signals, method, input);
  return fill_map(result, signals, method, input);
}

bool fill_resized(ResultArray& result, LayerSignals& signals, const Method& method,
                  const Value& input) {
  const CamOutput* output = map_of(signals, method, input);
  if (output == nullptr) return false;
  const ImageSize from = size_of(extent_of(signals.value, input));
  const ImageSize to = size_of(input_extent(input));
  set(result, {1, 1, to.height, to.width},
      resize_evidence(output->map, from, to, signals.evidence, method.rectify));
  return true;
}

}  // namespace relcam
