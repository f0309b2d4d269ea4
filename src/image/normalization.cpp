#include "image/normalization.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "base/error.h"

namespace relcam {
namespace {

[[noreturn]] void reject(const std::string& option, const std::string& message) {
  throw Error(ErrorCode::InvalidOption, message, option);
}

void require_entries(const std::string& option, const std::vector<float>& entries, int channels) {
  const std::size_t count = entries.size();
  if (count != 1 && count != static_cast<std::size_t>(channels)) {
    reject(option, "option " + option + " has " + std::to_string(count) +
                       " numbers, but the model's input has " + std::to_string(channels) +
                       " channel(s); give one number or one per channel");
  }
  if (!std::ranges::all_of(entries, [](float value) { return std::isfinite(value); })) {
    reject(option, "option " + option + " holds a number that is not finite");
  }
}

float entry(const std::vector<float>& entries, std::size_t channel) {
  return entries.size() == 1 ? entries[0] : entries[channel];
}

}  // namespace

std::span<const Named<Normalization>> normalization_presets() {
  static const std::array<Named<Normalization>, 4> kPresets = {{
      {"imagenet", {255.0F, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}}},
      {"minus-one-to-one", {255.0F, {0.5F}, {0.5F}}},
      {"zero-to-one", {255.0F, {0.0F}, {1.0F}}},
      {"caffe-bgr", {1.0F, {103.939F, 116.779F, 123.68F}, {1.0F}, ChannelOrder::Bgr}},
  }};
  return kPresets;
}

std::span<const Named<ChannelOrder>> channel_orders() {
  static constexpr std::array<Named<ChannelOrder>, 2> kOrders = {
      {{"rgb", ChannelOrder::Rgb}, {"bgr", ChannelOrder::Bgr}}};
  return kOrders;
}

Normalization with_channel_order(Normalization normalization, ChannelOrder order) {
  if (normalization.order == order) return normalization;
  std::ranges::reverse(normalization.mean);
  std::ranges::reverse(normalization.std);
  normalization.order = order;
  return normalization;
}

void validate(const Normalization& normalization, int channels) {
  if (!std::isfinite(normalization.divisor) || normalization.divisor <= 0.0F) {
    reject("divisor", "option divisor must be a positive number: 255 brings pixels to 0..1");
  }
  require_entries("mean", normalization.mean, channels);
  require_entries("std", normalization.std, channels);
  if (!std::ranges::all_of(normalization.std, [](float value) { return value > 0.0F; })) {
    reject("std", "option std must hold positive numbers only, since pixels are divided by them");
  }
}

NormalizationTable normalization_table(const Normalization& normalization, int channels) {
  validate(normalization, channels);
  NormalizationTable table(static_cast<std::size_t>(channels));
  for (std::size_t channel = 0; channel < table.size(); ++channel) {
    const float mean = entry(normalization.mean, channel);
    const float std = entry(normalization.std, channel);
    for (std::size_t pixel = 0; pixel < 256; ++pixel) {
      table[channel][pixel] = (static_cast<float>(pixel) / normalization.divisor - mean) / std;
    }
  }
  return table;
}

PixelBounds pixel_bounds(const Normalization& normalization, int channels) {
  PixelBounds bounds;
  for (const auto& values : normalization_table(normalization, channels)) {
    bounds.low.push_back(values.front());
    bounds.high.push_back(values.back());
  }
  return bounds;
}

}  // namespace relcam
