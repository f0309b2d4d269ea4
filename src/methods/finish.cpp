#include "methods/finish.h"

#include <algorithm>

#include "image/resize_map.h"

namespace relcam {

namespace {

constexpr float kTiny = 1e-7F;

std::vector<float> resized(std::span<const float> map, ImageSize from, ImageSize to) {
  std::vector<float> result(static_cast<std::size_t>(to.height) *
                            static_cast<std::size_t>(to.width));
  resize_map(map, from, result, to, MapCoordinates::HalfPixel);
  return result;
}

}  // namespace

void scale_to_unit(std::span<float> map) {
  const auto [low, high] = std::ranges::minmax(map);
  const float divisor = kTiny + (high - low);
  for (float& value : map) value = (value - low) / divisor;
}

void scale_by_magnitude(std::span<float> map) {
  const auto [low, high] = std::ranges::minmax(map);
  const float divisor = kTiny + std::max(high, -low);
  for (float& value : map) value /= divisor;
}

std::vector<float> resize_unit_map(std::span<const float> map, ImageSize from, ImageSize to,
                                   bool rectify) {
  std::vector<float> small(map.begin(), map.end());
  if (rectify) {
    for (float& value : small) value = std::max(value, 0.0F);
  }
  scale_to_unit(small);
  return resized(small, from, to);
}

std::vector<float> resize_signed_map(std::span<const float> map, ImageSize from, ImageSize to) {
  std::vector<float> small(map.begin(), map.end());
  scale_by_magnitude(small);
  return resized(small, from, to);
}

}  // namespace relcam
