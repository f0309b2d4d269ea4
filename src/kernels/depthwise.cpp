#include "kernels/depthwise.h"

#include <algorithm>
#include <limits>

#include "kernels/simd.h"
#include "kernels/weight_map.h"

namespace relcam {
namespace {

using simd::f32x4;

std::vector<float> taps_first(const ConvolutionShape& shape, const WeightSource& source) {
  const std::size_t channels = shape.groups;
  const std::size_t taps = shape.window.kernel.area();
  const std::vector<float> values = constant_slice(source.values, 0, channels * taps);
  std::vector<float> result(values.size());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      result[tap * channels + channel] = source.scale * values[channel * taps + tap];
    }
  }
  return result;
}

/// Columns treated at a time, so that a weight once loaded serves them all.
constexpr std::size_t kColumns = 4;
/// Multiply-accumulates that are worth a task of their own.
constexpr std::size_t kTaskProducts = std::size_t{1} << 16U;

/// Equally spaced columns that meet the other side through the same kernel columns, each `shift`
/// further than the one before.
struct Run {
  std::size_t first;
  std::size_t step;
  std::size_t count;
  std::size_t shift;
};

bool continues(const AxisMeetings& meetings, std::size_t from, std::size_t to, std::size_t shift) {
  const auto shifted = [&](const Meeting& a, const Meeting& b) {
    return a.kernel == b.kernel && a.other + shift == b.other;
  };
  return to < meetings.size() && std::ranges::equal(meetings[from], meetings[to], shifted);
}

/// Every column in exactly one run of at most kColumns; columns `step` apart may share one.
std::vector<Run> runs_of(const AxisMeetings& meetings, std::size_t step, std::size_t shift) {
  std::vector<Run> runs;
  std::vector<bool> taken(meetings.size());
  for (std::size_t first = 0; first < meetings.size(); ++first) {
    if (taken[first]) continue;
    Run run{first, step, 1, shift};
    for (std::size_t next = first + step;
         run.count < kColumns && continues(meetings, next - step, next, shift); next += step) {
      taken[next] = true;
      ++run.count;
    }
    runs.push_back(run);
  }
  return runs;
}

/// One pixel of the other side and the weights that lead there.
struct Term {
  const float* pixel;
  const float* weights;
};

/// Targets of a run, and how far apart they and the pixels of their terms lie.
struct Targets {
  float* first;
  std::size_t stride;
  std::size_t pixel_stride;
};

/// What a sum begins with, and the clamp it ends with.
struct Finish {
  bool accumulate = false;
  const float* bias = nullptr;  ///< may be null
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// to[c] = clamp(start + sum over terms of pixel[c] * weights[c]) for `lanes` <= 4 channels from
/// `c` on, and `columns` targets.
template <std::size_t columns>
[[gnu::always_inline]] inline void gather_lanes(std::span<const Term> terms, std::size_t c,
                                                std::size_t lanes, const Targets& to,
                                                const Finish& finish) {
  f32x4 sums[columns] = {};
  if (finish.bias != nullptr) {
    const f32x4 bias = simd::load_first(finish.bias + c, lanes);
    simd::unrolled<columns>([&](auto i) { sums[i] = bias; });
  }
  if (finish.accumulate) {
    simd::unrolled<columns>(
        [&](auto i) { sums[i] += simd::load_first(to.first + i * to.stride + c, lanes); });
  }
  for (const Term& term : terms) {
    const f32x4 weight = simd::load_first(term.weights + c, lanes);
    const float* pixel = term.pixel + c;
    simd::unrolled<columns>([&](auto i) {
      sums[i] = simd::madd(simd::load_first(pixel + i * to.pixel_stride, lanes), weight, sums[i]);
    });
  }
  const simd::Clamp clamp(finish.low, finish.high);
  simd::unrolled<columns>(
      [&](auto i) { simd::store_first(to.first + i * to.stride + c, clamp(sums[i]), lanes); });
}

template <std::size_t columns>
void gather(std::span<const Term> terms, std::size_t channels, const Targets& to,
            const Finish& finish) {
  std::size_t c = 0;
  for (; c + 4 <= channels; c += 4) gather_lanes<columns>(terms, c, 4, to, finish);
  if (c < channels) gather_lanes<columns>(terms, c, channels - c, to, finish);
}

void gather_run(std::size_t columns, std::span<const Term> terms, std::size_t channels,
                const Targets& to, const Finish& finish) {
  switch (columns) {
    case 1: return gather<1>(terms, channels, to, finish);
    case 2: return gather<2>(terms, channels, to, finish);
    case 3: return gather<3>(terms, channels, to, finish);
    default: return gather<kColumns>(terms, channels, to, finish);
  }
}

/// One side of a depthwise convolution seen from the other.
struct Filter {
  const Meetings2d& meetings;
  std::vector<Run> runs;
  Extent2d from_extent;
  std::size_t kernel_width;
  std::size_t channels;
  const float* weights;  ///< [tap][channel]

  /// Computes row `y` of the targets from the image at `from`.
  void row(std::size_t y, const float* from, float* to, const Finish& finish,
           std::vector<Term>& terms) const {
    for (const Run& run : runs) {
      terms.clear();
      for (const Meeting& v : meetings.rows[y]) {
        for (const Meeting& h : meetings.columns[run.first]) {
          terms.push_back({from + (v.other * from_extent.width + h.other) * channels,
                           weights + (v.kernel * kernel_width + h.kernel) * channels});
        }
      }
      gather_run(run.count, terms, channels,
                 {to + run.first * channels, run.step * channels, run.shift * channels}, finish);
    }
  }
};

/// to (+)= the sum over meeting pixels of `from`, each weighted by its tap, for `images` images.
void run_filter(const Filter& filter, std::size_t taps, std::size_t images, const float* from,
                float* to, const Finish& finish, const ThreadPool& pool) {
  const std::size_t rows = filter.meetings.rows.size();
  const std::size_t row_size = filter.meetings.columns.size() * filter.channels;
  const std::size_t grain = std::max<std::size_t>(1, kTaskProducts / (row_size * taps));
  pool.parallel_for(images * rows, grain, [&](std::size_t begin, std::size_t end) {
    std::vector<Term> terms;
    terms.reserve(taps);
    for (std::size_t at = begin; at < end; ++at) {
      filter.row(at % rows, from + at / rows * filter.from_extent.area() * filter.channels,
                 to + at * row_size, finish, terms);
    }
  });
}

/// z = clamp(start + weights * x) for every output of `count` stacked samples.
void filter_outputs(const ConvolutionShape& shape, std::span<const float> weights,
                    std::span<const float> x, std::span<float> z, std::size_t count,
                    const Finish& finish, const ThreadPool& pool) {
  const Window2d& window = shape.window;
  const Meetings2d meetings = meetings_of_outputs(shape.input, shape.output, window);
  const Filter filter{meetings,     runs_of(meetings.columns, 1, window.stride.width),
                      shape.input,  window.kernel.width,
                      shape.groups, weights.data()};
  run_filter(filter, window.kernel.area(), count * shape.batch, x.data(), z.data(), finish, pool);
}

}  // namespace

DepthwiseConvolution::DepthwiseConvolution(const ConvolutionShape& shape,
                                           const WeightSource& weights, const ThreadPool& pool)
    : shape_(shape),
      pool_(pool),
      weights_(taps_first(shape, weights)),
      bias_(weights.bias.begin(), weights.bias.end()) {}

void DepthwiseConvolution::forward(std::span<const float> x, std::span<float> y, std::size_t count,
                                   float low, float high) {
  const Finish finish{.bias = bias_.empty() ? nullptr : bias_.data(), .low = low, .high = high};
  filter_outputs(shape_, weights_, x, y, count, finish, pool_);
}

std::vector<float> DepthwiseConvolution::mapped(WeightPart part) const {
  std::vector<float> result(weights_.size());
  map_weights(part, weights_.data(), weights_.size(), result.data());
  return result;
}

void DepthwiseConvolution::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                                 Write write) {
  filter_outputs(shape_, mapped(part), x, z, 1, {.accumulate = write == Write::Accumulate}, pool_);
}

void DepthwiseConvolution::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                                   std::size_t count, Write write) {
  const Window2d& window = shape_.window;
  const Meetings2d meetings = meetings_of_inputs(shape_.input, shape_.output, window);
  const std::vector<float> weights = mapped(part);
  const Filter filter{meetings,      runs_of(meetings.columns, window.stride.width, 1),
                      shape_.output, window.kernel.width,
                      shape_.groups, weights.data()};
  run_filter(filter, window.kernel.area(), count * shape_.batch, s.data(), r.data(),
             {.accumulate = write == Write::Accumulate}, pool_);
}

}  // namespace relcam
