#include "session/result_arrays.h"

#include <algorithm>

#include "base/error.h"
#include "methods/finish.h"
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

/// Activation and signal of a spatial layer, channels last.
struct SpatialSignals {
  SpatialExtent extent;
  std::vector<float> activation;
  std::vector<float> signal;

  explicit SpatialSignals(const LayerSignals& signals)
      : extent(*spatial_extent(signals.value)),
        activation(channels_last(signals.value, signals.activation)),
        signal(channels_last(signals.value, signals.signal)) {}

  MethodInput input(const LayerSignals& signals) const {
    return {.activation = activation,
            .signal = signal,
            .height = extent.height,
            .width = extent.width,
            .channels = extent.channels,
            .mean_weights = signals.channel_weight == ChannelWeight::Mean,
            .parameters = signals.parameters};
  }
};

bool fill_map(ResultArray& result, const LayerSignals& signals, const Method& method,
              const Value& input) {
  const auto extent = spatial_extent(signals.value);
  if (signals.is_beginning || !extent) return false;
  const SpatialSignals spatial(signals);
  CamOutput output = method.map(spatial.input(signals));
  if (result.kind == "weights") {
    set(result, {1, signed_size(extent->channels), 1, 1}, std::move(output.weights));
  } else if (result.kind == "cam") {
    set(result, {1, 1, signed_size(extent->height), signed_size(extent->width)},
        std::move(output.map));
  } else {
    const ImageSize to = size_of(input_extent(input));
    set(result, {1, 1, to.height, to.width},
        finish_map(output.map, size_of(*extent), to, method.rectify));
  }
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
  const SpatialSignals spatial(signals);
  const SpatialExtent extent = input_extent(input);
  const std::vector<float> guide = input_image(input, signals.guide);
  MethodInput method_input = spatial.input(signals);
  method_input.guide = {
      .values = guide, .height = extent.height, .width = extent.width, .channels = extent.channels};
  return fill_tensor(result, input, as_input(input, method.attribute(method_input)));
}

bool fill_attribution(ResultArray& result, const LayerSignals& signals, const Method& method) {
  return fill_tensor(result, signals.value,
                     method.attribute({.activation = signals.activation,
                                       .signal = signals.signal,
                                       .parameters = signals.parameters}));
}

}  // namespace

bool fill(ResultArray& result, const LayerSignals& signals, const Method& method,
          const Value& input) {
  if (result.kind == to_string(method.signal)) {
    return fill_tensor(result, signals.value, signals.signal);
  }
  if (result.kind == "gradient") return fill_tensor(result, signals.value, signals.gradient);
  if (result.kind == "activation") return fill_tensor(result, signals.value, signals.activation);
  if (result.kind == "seed") {
    if (!signals.is_beginning) return false;
    return fill_tensor(result, signals.value, signals.seed);
  }
  if (result.kind == "attribution") {
    return method.guide.empty() ? fill_attribution(result, signals, method)
                                : fill_guided(result, signals, method, input);
  }
  return fill_map(result, signals, method, input);
}

}  // namespace relcam
