#include "methods/finish.h"

#include <algorithm>

#include "image/resize_map.h"

namespace relcam {

namespace {

void scale_to_unit(std::span<float> map) {
  constexpr float kTiny = 1e-7F;
  const auto [low, high] = std::ranges::minmax(map);
  const float divisor = kTiny + (high - low);
  for (float& value : map) value = (value - low) / divisor;
}

}  // namespace

std::vector<float> finish_map(std::span<const float> map, ImageSize from, ImageSize to,
                              bool rectify) {
  std::vector<float> small(map.begin(), map.end());
  if (rectify) {
    for (float& value : small) value = std::max(value, 0.0F);
  }
  scale_to_unit(small);
  std::vector<float> large(static_cast<std::size_t>(to.height) *
                           static_cast<std::size_t>(to.width));
  resize_map(small, from, large, to, MapCoordinates::HalfPixel);
  scale_to_unit(large);
  return large;
}

}  // namespace relcam
