#pragma once

#include <cstddef>

#include "image/image.h"

namespace relcam {

/// How an image lies in memory: value (position, channel) stands at
/// offset + position * position_step + channel * channel_step; positions run row by row.
struct Raster {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channels = 0;
  std::size_t position_step = 1;
  std::size_t channel_step = 1;
  std::size_t offset = 0;

  std::size_t positions() const { return height * width; }
  std::size_t index(std::size_t position, std::size_t channel) const {
    return offset + position * position_step + channel * channel_step;
  }
  ImageSize size() const {
    return {.width = static_cast<int>(width), .height = static_cast<int>(height)};
  }
};

/// height x width x channels, row-major.
inline Raster channels_last_raster(std::size_t height, std::size_t width, std::size_t channels) {
  return {.height = height, .width = width, .channels = channels, .position_step = channels};
}

}  // namespace relcam
