#include "kernels/quantize.h"

#include <algorithm>
#include <cmath>

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 16384;

/// Calls visit(first, count, channel) for every run of one channel's elements.
template <typename Visit>
void for_runs(const ChannelView& view, const ThreadPool& pool, Visit&& visit) {
  pool.parallel_for(view.outer * view.channels, kGrainElements / view.inner + 1,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t run = begin; run < end; ++run) {
                        visit(run * view.inner, view.inner, run % view.channels);
                      }
                    });
}

}  // namespace

void quantize(const Quantizer& quantizer, std::span<const float> x, std::span<float> y,
              const ThreadPool& pool) {
  for_runs(quantizer.view, pool, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const float scale = quantizer.scale[channel];
    const float zero = quantizer.zero_point[channel];
    for (std::size_t i = first; i < first + count; ++i) {
      const float level = std::nearbyint(x[i] / scale) + zero;
      const float q = std::min(std::max(level, quantizer.low), quantizer.high);
      y[i] = quantizer.fake ? (q - zero) * scale : q;
    }
  });
}

void quantize_gradient(const Quantizer& quantizer, std::span<const float> x,
                       std::span<const float> dy, std::span<float> dx, const ThreadPool& pool) {
  for_runs(quantizer.view, pool, [&](std::size_t first, std::size_t count, std::size_t channel) {
    const float scale = quantizer.scale[channel];
    const float zero = quantizer.zero_point[channel];
    const float slope = quantizer.fake ? 1.0F : 1.0F / scale;
    for (std::size_t i = first; i < first + count; ++i) {
      const float level = std::nearbyint(x[i] / scale) + zero;
      const bool inside = level >= quantizer.low && level <= quantizer.high;
      dx[i] = inside ? slope * dy[i] : 0.0F;
    }
  });
}

}  // namespace relcam
