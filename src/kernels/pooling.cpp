#include "kernels/pooling.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/divide_up.h"
#include "kernels/simd.h"
#include "kernels/weight_map.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Channels of one cache line.
constexpr std::size_t kChannelBlock = 16;

using i32x4 = std::int32_t __attribute__((vector_size(16)));

/// Calls visit(offset of a pixel's first channel) for the pixels of one window, row-major.
template <typename Visit>
void for_window(const std::vector<Meeting>& rows, const std::vector<Meeting>& columns,
                std::size_t width, std::size_t channels, const Visit& visit) {
  for (const Meeting& y : rows) {
    for (const Meeting& x : columns) visit((y.other * width + x.other) * channels);
  }
}

/// Calls visit(first channel, lanes) for groups of at most four channels.
template <typename Visit>
void for_lanes(std::size_t begin, std::size_t end, const Visit& visit) {
  for (std::size_t c = begin; c < end; c += 4) visit(c, std::min<std::size_t>(4, end - c));
}

f32x4 window_max(const std::vector<Meeting>& rows, const std::vector<Meeting>& columns,
                 std::size_t width, std::size_t channels, const float* x, std::size_t lanes) {
  if (rows.empty() || columns.empty()) {
    return simd::splat(std::numeric_limits<float>::lowest());
  }
  const std::size_t first = (rows[0].other * width + columns[0].other) * channels;
  f32x4 best = simd::load_first(x + first, lanes);
  for_window(rows, columns, width, channels, [&](std::size_t offset) {
    best = simd::max(simd::load_first(x + offset, lanes), best);
  });
  return best;
}

/// Adds dy to dx at the first largest x of a window's pixels, for four channels or fewer.
template <typename Load>
void scatter_winner(std::span<const std::size_t> pixels, const float* x, const float* dy, float* dx,
                    std::size_t lanes, const Load& load) {
  f32x4 best = load(x + pixels[0]);
  i32x4 winner{};
  for (std::size_t k = 1; k < pixels.size(); ++k) {
    const f32x4 value = load(x + pixels[k]);
    const i32x4 larger = value > best;
    const auto position = static_cast<std::int32_t>(k);
    winner = larger ? i32x4{position, position, position, position} : winner;
    best = larger ? value : best;
  }
  for (std::size_t i = 0; i < lanes; ++i) {
    dx[pixels[static_cast<std::size_t>(winner[i])] + i] += dy[i];
  }
}

/// The same for the channels [begin, end).
void scatter_winners(std::span<const std::size_t> pixels, std::size_t begin, std::size_t end,
                     const float* x, const float* dy, float* dx) {
  for_lanes(begin, end, [&](std::size_t c, std::size_t lanes) {
    if (lanes == 4) {
      scatter_winner(pixels, x + c, dy + c, dx + c, 4, simd::load);
    } else {
      scatter_winner(pixels, x + c, dy + c, dx + c, lanes,
                     [lanes](const float* from) { return simd::load_first(from, lanes); });
    }
  });
}

/// winners[c] = offset of the first largest x of channel c among a window's pixels; 0 for a window
/// without pixels.
void find_winners(const std::vector<Meeting>& rows, const std::vector<Meeting>& columns,
                  std::size_t width, std::span<const float> x, std::span<std::size_t> winners) {
  bool first = true;
  std::ranges::fill(winners, std::size_t{0});
  for_window(rows, columns, width, winners.size(), [&](std::size_t offset) {
    for (std::size_t c = 0; c < winners.size(); ++c) {
      if (first || x[offset + c] > x[winners[c]]) winners[c] = offset + c;
    }
    first = false;
  });
}

/// Channels that one task of a scattering kernel owns: all of them unless there are threads.
std::size_t channels_per_task(std::size_t channels, const ThreadPool& pool) {
  const std::size_t share = divide_up(channels, pool.threads());
  return divide_up(share, kChannelBlock) * kChannelBlock;
}

/// How many elements each window along one axis is divided by.
std::vector<std::size_t> window_counts(const AxisMeetings& meetings, bool counts_padding,
                                       std::size_t padded, std::size_t kernel, std::size_t stride,
                                       std::size_t dilation) {
  std::vector<std::size_t> counts;
  for (std::size_t at = 0; at < meetings.size(); ++at) {
    std::size_t count = meetings[at].size();
    if (counts_padding) {
      const std::size_t room = padded - std::min(padded, at * stride);
      count = std::min(kernel, divide_up(room, dilation));
    }
    counts.push_back(count);
  }
  return counts;
}

/// A pixel of the other side and its weight.
struct Term {
  std::size_t offset;
  float weight;
};

/// to[c] (+)= sum over terms of weight * from[offset + c].
void gather(std::span<const Term> terms, std::size_t channels, const float* from, float* to,
            bool accumulate) {
  for_lanes(0, channels, [&](std::size_t c, std::size_t lanes) {
    f32x4 sum = accumulate ? simd::load_first(to + c, lanes) : simd::zero();
    for (const Term& term : terms) {
      const f32x4 value = simd::load_first(from + term.offset + c, lanes);
      sum = simd::madd(value, simd::splat(term.weight), sum);
    }
    simd::store_first(to + c, sum, lanes);
  });
}

}  // namespace

void max_pool(const PoolShape& shape, std::span<const float> x, std::span<float> y,
              const ThreadPool& pool) {
  const Meetings2d meetings = meetings_of_outputs(shape.input, shape.output, shape.window);
  const std::size_t channels = shape.channels;
  pool.parallel_for(shape.batch * shape.output.height, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      const std::size_t image = at / shape.output.height;
      const float* from = x.data() + image * shape.input.area() * channels;
      float* to = y.data() + at * shape.output.width * channels;
      const auto& rows = meetings.rows[at % shape.output.height];
      for (const auto& columns : meetings.columns) {
        for_lanes(0, channels, [&](std::size_t c, std::size_t lanes) {
          const f32x4 best =
              window_max(rows, columns, shape.input.width, channels, from + c, lanes);
          simd::store_first(to + c, best, lanes);
        });
        to += channels;
      }
    }
  });
}

void max_pool_jvp(const PoolShape& shape, std::span<const float> x, std::span<const float> tx,
                  std::span<float> ty, const ThreadPool& pool) {
  const Meetings2d meetings = meetings_of_outputs(shape.input, shape.output, shape.window);
  const std::size_t channels = shape.channels;
  pool.parallel_for(shape.batch * shape.output.height, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<std::size_t> winners(channels);
    for (std::size_t at = begin; at < end; ++at) {
      const std::size_t image = at / shape.output.height * shape.input.area() * channels;
      float* to = ty.data() + at * shape.output.width * channels;
      const auto& rows = meetings.rows[at % shape.output.height];
      for (const auto& columns : meetings.columns) {
        const bool empty = rows.empty() || columns.empty();
        find_winners(rows, columns, shape.input.width, x.subspan(image), winners);
        for (std::size_t c = 0; c < channels; ++c) to[c] = empty ? 0.0F : tx[image + winners[c]];
        to += channels;
      }
    }
  });
}

void max_pool_vjp(const PoolShape& shape, std::span<const float> x, std::span<const float> dy,
                  std::span<float> dx, const ThreadPool& pool) {
  const Meetings2d meetings = meetings_of_outputs(shape.input, shape.output, shape.window);
  const std::size_t channels = shape.channels;
  const std::size_t share = channels_per_task(channels, pool);
  const std::size_t tasks = divide_up(channels, share);
  std::fill(dx.begin(), dx.end(), 0.0F);
  pool.parallel_for(shape.batch * tasks, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<std::size_t> pixels;
    for (std::size_t at = begin; at < end; ++at) {
      const std::size_t image = at / tasks;
      const std::size_t first = at % tasks * share;
      const std::size_t last = std::min(first + share, channels);
      const std::size_t input_start = image * shape.input.area() * channels;
      std::size_t output_start = image * shape.output.area() * channels;
      for (const auto& rows : meetings.rows) {
        for (const auto& columns : meetings.columns) {
          pixels.clear();
          for_window(rows, columns, shape.input.width, channels,
                     [&](std::size_t offset) { pixels.push_back(offset); });
          if (!pixels.empty()) {
            scatter_winners(pixels, first, last, x.data() + input_start, dy.data() + output_start,
                            dx.data() + input_start);
          }
          output_start += channels;
        }
      }
    }
  });
}

AveragePooling::AveragePooling(const PoolShape& shape, bool counts_padding, const ThreadPool& pool)
    : shape_(shape),
      pool_(pool),
      inputs_(meetings_of_outputs(shape.input, shape.output, shape.window)),
      outputs_(meetings_of_inputs(shape.input, shape.output, shape.window)) {
  const Window2d& window = shape.window;
  const auto rows = window_counts(
      inputs_.rows, counts_padding, shape.input.height + window.pads.top + window.pads.bottom,
      window.kernel.height, window.stride.height, window.dilation.height);
  const auto columns = window_counts(
      inputs_.columns, counts_padding, shape.input.width + window.pads.left + window.pads.right,
      window.kernel.width, window.stride.width, window.dilation.width);
  for (const std::size_t y : rows) {
    for (const std::size_t x : columns) {
      weights_.push_back(y * x == 0 ? 0.0F : 1.0F / static_cast<float>(y * x));
    }
  }
}

void AveragePooling::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                           Write write) {
  const std::size_t channels = shape_.channels;
  const std::size_t height = shape_.output.height;
  pool_.parallel_for(shape_.batch * height, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<Term> terms;
    for (std::size_t at = begin; at < end; ++at) {
      const float* from = x.data() + at / height * shape_.input.area() * channels;
      for (std::size_t column = 0; column < shape_.output.width; ++column) {
        const std::size_t position = at % height * shape_.output.width + column;
        const float weight = mapped_weight(part, weights_[position]);
        terms.clear();
        for_window(inputs_.rows[at % height], inputs_.columns[column], shape_.input.width, channels,
                   [&](std::size_t offset) { terms.push_back({offset, weight}); });
        gather(terms, channels, from, z.data() + (at * shape_.output.width + column) * channels,
               write == Write::Accumulate);
      }
    }
  });
}

void AveragePooling::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                             std::size_t count, Write write) {
  const std::size_t channels = shape_.channels;
  const std::size_t height = shape_.input.height;
  std::vector<float> weights;
  for (const float weight : weights_) weights.push_back(mapped_weight(part, weight));
  pool_.parallel_for(count * shape_.batch * height, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<Term> terms;
    for (std::size_t at = begin; at < end; ++at) {
      const float* from = s.data() + at / height * shape_.output.area() * channels;
      for (std::size_t column = 0; column < shape_.input.width; ++column) {
        terms.clear();
        for_window(outputs_.rows[at % height], outputs_.columns[column], shape_.output.width, 1,
                   [&](std::size_t pixel) { terms.push_back({pixel * channels, weights[pixel]}); });
        gather(terms, channels, from, r.data() + (at * shape_.input.width + column) * channels,
               write == Write::Accumulate);
      }
    }
  });
}

}  // namespace relcam
