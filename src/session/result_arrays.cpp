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

CamOutput make_map(const LayerSignals& signals, const Method& method) {
  const SpatialExtent extent = *spatial_extent(signals.value);
  const std::vector<float> activation = channels_last(signals.value, signals.activation);
  const std::vector<float> signal = channels_last(signals.value, signals.signal);
  return method.map({.activation = activation,
                     .signal = signal,
                     .height = extent.height,
                     .width = extent.width,
                     .channels = extent.channels,
                     .mean_weights = signals.channel_weight == ChannelWeight::Mean,
                     .parameters = signals.parameters});
}

void set(ResultArray& result, Shape shape, std::vector<float> data) {
  result.shape = std::move(shape);
  result.data = std::move(data);
}

ImageSize size_of(const SpatialExtent& extent) {
  return {.width = static_cast<int>(extent.width), .height = static_cast<int>(extent.height)};
}

/// Height and width of the model's input image; NHWC inputs have them on axes 1 and 2.
ImageSize input_size(const Value& input) {
  const Shape shape = onnx_shape(input);
  if (shape.size() != 4) {
    throw Error(ErrorCode::InvalidOption,
                "kind 'scaled' needs a model whose input is an image of rank 4", "emit");
  }
  const bool nhwc = input.layout == Layout::Plain && shape[3] <= 4 && shape[1] > 4;
  const std::size_t row_axis = nhwc ? 1 : 2;
  return {.width = static_cast<int>(shape[row_axis + 1]),
          .height = static_cast<int>(shape[row_axis])};
}

/// `kind` of a map that is as large as `extent`.
void set_map(ResultArray& result, CamOutput output, const SpatialExtent& extent,
             const Method& method, const Value& input) {
  if (result.kind == "weights") {
    set(result, {1, signed_size(extent.channels), 1, 1}, std::move(output.weights));
  } else if (result.kind == "cam") {
    set(result, {1, 1, signed_size(extent.height), signed_size(extent.width)},
        std::move(output.map));
  } else {
    const ImageSize to = input_size(input);
    set(result, {1, 1, to.height, to.width},
        finish_map(output.map, size_of(extent), to, method.rectify));
  }
}

bool fill_map(ResultArray& result, const LayerSignals& signals, const Method& method,
              const Value& input) {
  const auto extent = spatial_extent(signals.value);
  if (signals.is_beginning || !extent) return false;
  set_map(result, make_map(signals, method), *extent, method, input);
  return true;
}

bool fill_tensor(ResultArray& result, const Value& value, std::span<const float> physical) {
  set(result, onnx_shape(value), to_onnx_order(value, physical));
  return true;
}

bool fill_trials(ResultArray& result, const LayerSignals& signals, const Method& method,
                 const Value& input) {
  if (method.rerun.attributes) return fill_tensor(result, signals.value, signals.trials.map);
  const Raster& raster = signals.raster;
  set_map(result, signals.trials, {raster.height, raster.width, raster.channels}, method, input);
  return true;
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
  if (method.runs_again()) return fill_trials(result, signals, method, input);
  if (result.kind == "attribution") return fill_attribution(result, signals, method);
  return fill_map(result, signals, method, input);
}

}  // namespace relcam
