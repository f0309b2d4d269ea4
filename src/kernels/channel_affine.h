#pragma once

#include <cstddef>
#include <span>

#include "kernels/elementwise.h"
#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// A tensor seen as [outer, channels, inner]; channels-last images have inner = 1.
struct ChannelView {
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = 1;
};

/// y = clamp(scale[c] * x + shift[c]).
void scale_shift(ChannelView view, std::span<const float> x, std::span<const float> scale,
                 std::span<const float> shift, std::span<float> y, Bounds bounds,
                 const ThreadPool& pool);

/// y (+)= scale[c] * x.
void scale_channels(ChannelView view, std::span<const float> x, std::span<const float> scale,
                    std::span<float> y, Write write, const ThreadPool& pool);

}  // namespace relcam
