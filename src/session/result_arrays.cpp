#include "session/result_arrays.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cam/finish.h"
#include "session/layers.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

std::size_t channels_of(const Value& value) {
  return static_cast<std::size_t>(value.shape->empty() ? 1 : value.shape->back());
}

/// sum over channels of |sum over positions|.
double total_weight(std::span<const float> relevance, std::size_t channels) {
  std::vector<double> sums(channels, 0.0);
  for (std::size_t i = 0; i < relevance.size(); ++i) {
    sums[i % channels] += static_cast<double>(relevance[i]);
  }
  double total = 0.0;
  for (const double sum : sums) total += std::abs(sum);
  return total;
}

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

/// A rank-4 activation's values with the channels last, whatever its layout.
std::vector<float> channels_last(const Value& value, std::span<const float> physical) {
  const SpatialExtent extent = *spatial_extent(value);
  if (value.layout == Layout::ChannelsLast) return {physical.begin(), physical.end()};
  return transpose_planes(physical, 1, extent.channels, extent.height * extent.width);
}

CamOutput make_map(const LayerSignals& signals, const CamMethod& method) {
  const SpatialExtent extent = *spatial_extent(signals.value);
  const std::vector<float> activation = channels_last(signals.value, signals.activation);
  const std::vector<float> signal = channels_last(signals.value, signals.signal);
  return method.map({.activation = activation,
                     .signal = signal,
                     .height = extent.height,
                     .width = extent.width,
                     .channels = extent.channels,
                     .mean_weights = signals.channel_weight == ChannelWeight::Mean});
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

bool fill_map(ResultArray& result, const LayerSignals& signals, const CamMethod& method,
              const Value& input) {
  const auto extent = spatial_extent(signals.value);
  if (signals.is_logits || !extent) return false;
  CamOutput output = make_map(signals, method);
  if (result.kind == "weights") {
    set(result, {1, signed_size(extent->channels), 1, 1}, std::move(output.weights));
  } else if (result.kind == "cam") {
    set(result, {1, 1, signed_size(extent->height), signed_size(extent->width)},
        std::move(output.map));
  } else {
    const ImageSize to = input_size(input);
    set(result, {1, 1, to.height, to.width},
        finish_map(output.map, size_of(*extent), to, method.rectify));
  }
  return true;
}

bool fill_tensor(ResultArray& result, const Value& value, std::span<const float> physical) {
  set(result, onnx_shape(value), to_onnx_order(value, physical));
  return true;
}

}  // namespace

std::vector<float> combined(const Sweep& sweep, Combination combination, ValueId layer,
                            const Value& value) {
  const std::span<const float> stacked = sweep.relevance(layer);
  if (combination == Combination::Single) return {stacked.begin(), stacked.end()};

  const std::size_t size = stacked.size() / sweep.count();
  const auto ours = stacked.first(size);
  const auto others = stacked.subspan(size, size);
  const double our_weight = total_weight(ours, channels_of(value));
  const double other_weight = total_weight(others, channels_of(value));
  const double our_factor = our_weight > 0.0 ? 1.0 / our_weight : 0.0;
  const double other_factor = other_weight > 0.0 ? 1.0 / other_weight : 0.0;
  std::vector<float> difference(size);
  for (std::size_t i = 0; i < size; ++i) {
    difference[i] = static_cast<float>(static_cast<double>(ours[i]) * our_factor -
                                       static_cast<double>(others[i]) * other_factor);
  }
  return difference;
}

bool fill(ResultArray& result, const LayerSignals& signals, const CamMethod& method,
          const Value& input) {
  const std::string_view own_kind = method.signal == Signal::Relevance ? "relevance" : "gradient";
  if (result.kind == own_kind) return fill_tensor(result, signals.value, signals.signal);
  if (result.kind == "gradient") return fill_tensor(result, signals.value, signals.gradient);
  if (result.kind == "activation") return fill_tensor(result, signals.value, signals.activation);
  if (result.kind == "relevance") {
    throw Error(ErrorCode::InvalidOption,
                "method '" + result.method + "' has no relevance to emit; it has: gradient",
                "emit");
  }
  if (result.kind == "seed") {
    if (!signals.is_logits) return false;
    set(result, {1, signed_size(signals.seed.size())}, signals.seed);
    return true;
  }
  return fill_map(result, signals, method, input);
}

}  // namespace relcam
