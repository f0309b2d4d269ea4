#include "kernels/channel_affine.h"

#include <algorithm>

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 16384;

/// Calls run(offset, channel, count) for runs of `count` neighbours: one of each channel where
/// channels are last, else all of one channel.
template <typename Run>
void for_runs(ChannelView view, const ThreadPool& pool, Run&& run) {
  const bool channels_last = view.inner == 1;
  const std::size_t length = channels_last ? view.channels : view.inner;
  const std::size_t runs = channels_last ? view.outer : view.outer * view.channels;
  if (length == 0) return;
  pool.parallel_for(runs, std::max<std::size_t>(1, kGrainElements / length),
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t i = begin; i < end; ++i) {
                        run(i * length, channels_last ? 0 : i % view.channels, length);
                      }
                    });
}

}  // namespace

void scale_shift(ChannelView view, std::span<const float> x, std::span<const float> scale,
                 std::span<const float> shift, std::span<float> y, Bounds bounds,
                 const ThreadPool& pool) {
  for_runs(view, pool, [&](std::size_t offset, std::size_t channel, std::size_t count) {
    const float* from = x.data() + offset;
    float* to = y.data() + offset;
    if (view.inner == 1) {
      for (std::size_t i = 0; i < count; ++i) to[i] = bounds.clamp(from[i] * scale[i] + shift[i]);
    } else {
      const float factor = scale[channel];
      const float term = shift[channel];
      for (std::size_t i = 0; i < count; ++i) to[i] = bounds.clamp(from[i] * factor + term);
    }
  });
}

namespace {

/// store(y[i], scale * x[i]) for every element.
template <typename Store>
void store_scaled(ChannelView view, std::span<const float> x, std::span<const float> scale,
                  std::span<float> y, const ThreadPool& pool, Store store) {
  for_runs(view, pool, [&](std::size_t offset, std::size_t channel, std::size_t count) {
    const float* from = x.data() + offset;
    float* to = y.data() + offset;
    if (view.inner == 1) {
      for (std::size_t i = 0; i < count; ++i) store(to[i], from[i] * scale[i]);
    } else {
      const float factor = scale[channel];
      for (std::size_t i = 0; i < count; ++i) store(to[i], from[i] * factor);
    }
  });
}

}  // namespace

void scale_channels(ChannelView view, std::span<const float> x, std::span<const float> scale,
                    std::span<float> y, Write write, const ThreadPool& pool) {
  if (write == Write::Assign) {
    store_scaled(view, x, scale, y, pool, [](float& to, float value) { to = value; });
  } else {
    store_scaled(view, x, scale, y, pool, [](float& to, float value) { to += value; });
  }
}

}  // namespace relcam
