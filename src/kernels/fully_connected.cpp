#include "kernels/fully_connected.h"

#include <algorithm>
#include <array>

#include "base/buffer.h"
#include "kernels/shares.h"
#include "kernels/simd.h"
#include "kernels/weight_map.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Outputs treated together: a block. Processors follow four streams of memory less well.
constexpr std::size_t kOutputs = 3;
/// Inputs whose weights are mapped at a time, in the first-level cache.
constexpr std::size_t kInputs = 512;
/// Weights that a task should at least read to be worth a thread's attention.
constexpr std::size_t kTaskWeights = std::size_t{1} << 15U;

/// Where the weights of a block's outputs begin.
using Rows = std::array<const float*, kOutputs>;

/// part(W) x of a block: the lanes of each sum are added in the end.
struct Sum {
  const float* x = nullptr;
  f32x4 sums[kOutputs] = {};
};

/// r += part(W)^T shares of a block.
struct Spread {
  float* r = nullptr;
  f32x4 shares[kOutputs] = {};
};

/// One reading of the weights of two blocks: sums of the one, for several x, and shares of the
/// other, for several r.
struct Reading {
  Rows summed = {};
  std::span<Sum> sums = {};
  Rows shared = {};
  std::span<const Spread> spreads = {};
};

struct PlainPart {
  f32x4 operator()(f32x4 w) const { return w; }
};
struct PositivePart {
  f32x4 operator()(f32x4 w) const { return simd::max(w, simd::zero()); }
};

/// Inputs [0, count) of rows that are `begin` inputs further on than x and r. Of a sum and a spread
/// at once, the one computes while the weights of the other arrive.
template <bool sums, bool spreads, typename Part>
void read(const Rows& summed, Sum* sum, const Rows& shared, const Spread* spread, std::size_t begin,
          std::size_t count, Part part) {
  Sum local;
  if constexpr (sums) local = *sum;
  Spread out;
  if constexpr (spreads) out = *spread;
  const auto step = [&](std::size_t i, std::size_t lanes) __attribute__((always_inline)) {
    if constexpr (sums) {
      const f32x4 x = simd::load_first(local.x + begin + i, lanes);
      simd::unrolled<kOutputs>([&](auto k) {
        const f32x4 weights = part(simd::load_first(summed[k] + i, lanes));
        local.sums[k] = simd::madd(weights, x, local.sums[k]);
      });
    }
    if constexpr (spreads) {
      f32x4 r = simd::load_first(out.r + begin + i, lanes);
      simd::unrolled<kOutputs>([&](auto k) {
        const f32x4 weights = part(simd::load_first(shared[k] + i, lanes));
        r = simd::madd(weights, out.shares[k], r);
      });
      simd::store_first(out.r + begin + i, r, lanes);
    }
  };
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) step(i, 4);
  if (i < count) step(i, count - i);
  if constexpr (sums) *sum = local;
}

template <typename Part>
void read_all(const Reading& at, std::size_t begin, std::size_t count, Part part) {
  const std::size_t both = at.sums.empty() || at.spreads.empty() ? 0 : 1;
  if (both != 0) {
    read<true, true>(at.summed, &at.sums.front(), at.shared, &at.spreads.front(), begin, count,
                     part);
  }
  for (Sum& sum : at.sums.subspan(both)) {
    read<true, false>(at.summed, &sum, at.shared, nullptr, begin, count, part);
  }
  for (const Spread& spread : at.spreads.subspan(both)) {
    read<false, true>(at.summed, nullptr, at.shared, &spread, begin, count, part);
  }
}

/// The rows from input `begin` on, or a mapped copy of them in `scratch`.
Rows mapped(const Rows& rows, WeightPart part, std::size_t begin, std::size_t count,
            float* scratch) {
  Rows result;
  for (std::size_t k = 0; k < kOutputs; ++k) {
    result[k] = rows[k] + begin;
    if (part.kind == WeightPart::Kind::All) continue;
    map_weights(part, result[k], count, scratch + k * kInputs);
    result[k] = scratch + k * kInputs;
  }
  return result;
}

/// Inputs [first, last) of a reading.
void run(const Reading& reading, WeightPart part, std::size_t first, std::size_t last) {
  alignas(16) float scratch[2 * kOutputs * kInputs];
  const bool positive = part.kind == WeightPart::Kind::Positive;
  const WeightPart copied = positive ? WeightPart{} : part;
  for (std::size_t begin = first; begin < last; begin += kInputs) {
    const std::size_t count = std::min(kInputs, last - begin);
    Reading at = reading;
    if (!at.sums.empty()) at.summed = mapped(at.summed, copied, begin, count, scratch);
    if (!at.spreads.empty()) {
      at.shared = mapped(at.shared, copied, begin, count, scratch + kOutputs * kInputs);
    }
    if (positive) {
      read_all(at, begin, count, PositivePart{});
    } else {
      read_all(at, begin, count, PlainPart{});
    }
  }
}

/// The rows of a block, of which the last stands in for those that are missing.
Rows rows_of(const WeightPanels& weights, std::span<const std::uint32_t> outputs) {
  Rows rows;
  for (std::size_t k = 0; k < kOutputs; ++k) {
    rows[k] = weights.lanes(0, outputs[std::min(k, outputs.size() - 1)]);
  }
  return rows;
}

/// `shares` of a block for one r; outputs that are missing have none.
Spread spread_of(std::span<const float> shares, float* r) {
  Spread spread{.r = r};
  for (std::size_t k = 0; k < shares.size(); ++k) spread.shares[k] = simd::splat(shares[k]);
  return spread;
}

/// Calls use(block) for blocks of `outputs`.
template <typename Use>
void for_blocks(std::span<const std::uint32_t> outputs, const Use& use) {
  for (std::size_t at = 0; at < outputs.size(); at += kOutputs) {
    use(outputs.subspan(at, std::min(kOutputs, outputs.size() - at)));
  }
}

std::vector<std::uint32_t> outputs_between(std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> outputs(end - begin);
  for (std::size_t i = begin; i < end; ++i) outputs[i - begin] = static_cast<std::uint32_t>(i);
  return outputs;
}

WeightShape weight_shape(const ConvolutionShape& shape) {
  return {.inputs = shape.group_inputs, .outputs = shape.group_outputs};
}

/// Calls use(row, output, part(W) x) for `count` stacked x and every output, from several threads.
template <typename Use>
void for_sums(const WeightPanels& weights, WeightPart part, const float* x, std::size_t count,
              const ThreadPool& pool, const Use& use) {
  const auto& [groups, inputs, outputs, taps] = weights.shape();
  const std::size_t grain = std::max<std::size_t>(1, kTaskWeights / (inputs * kOutputs)) * kOutputs;
  pool.parallel_for(outputs, grain, [&](std::size_t begin, std::size_t end) {
    std::vector<Sum> sums(count);
    for_blocks(outputs_between(begin, end), [&](std::span<const std::uint32_t> block) {
      for (std::size_t row = 0; row < count; ++row) sums[row] = {.x = x + row * inputs};
      run({.summed = rows_of(weights, block), .sums = sums}, part, 0, inputs);
      for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t k = 0; k < block.size(); ++k) {
          use(row, block[k], simd::sum(sums[row].sums[k]));
        }
      }
    });
  });
}

/// Shares of one thread's outputs. The weights of a block are read once more, from the cache, while
/// the sums of the next are made.
class SharedBlocks {
 public:
  SharedBlocks(const WeightPanels& weights, WeightPart part, const float* x,
               const ShareOf& share_of, float* r, std::size_t count)
      : weights_(weights), part_(part), x_(x), share_of_(share_of), r_(r), spreads_(count) {}

  void run_all(std::span<const std::uint32_t> outputs) {
    Rows previous = {};
    bool first = true;
    for_blocks(outputs, [&](std::span<const std::uint32_t> block) {
      const Rows rows = rows_of(weights_, block);
      Sum sum{.x = x_};
      const std::span<const Spread> spreads = first ? std::span<const Spread>() : spreads_;
      read({.summed = rows, .sums = {&sum, 1}, .shared = previous, .spreads = spreads});
      find_shares(block, sum);
      previous = rows;
      first = false;
    });
    if (!first) read({.shared = previous, .spreads = spreads_});
  }

 private:
  void read(const Reading& reading) const { run(reading, part_, 0, weights_.shape().inputs); }

  void find_shares(std::span<const std::uint32_t> block, const Sum& sum) {
    float sums[kOutputs];
    for (std::size_t k = 0; k < kOutputs; ++k) sums[k] = simd::sum(sum.sums[k]);
    std::vector<float> shares(spreads_.size() * block.size());
    share_of_(block, std::span<const float>(sums, block.size()), shares);
    for (std::size_t row = 0; row < spreads_.size(); ++row) {
      spreads_[row] = spread_of(std::span(shares).subspan(row * block.size(), block.size()),
                                r_ + row * weights_.shape().inputs);
    }
  }

  const WeightPanels& weights_;
  WeightPart part_;
  const float* x_;
  const ShareOf& share_of_;
  float* r_;
  std::vector<Spread> spreads_;
};

}  // namespace

FullyConnected::FullyConnected(const ConvolutionShape& shape, const WeightSource& weights,
                               const ThreadPool& pool)
    : pool_(pool),
      weights_(weight_shape(shape), weights, 1),
      bias_(weights.bias.begin(), weights.bias.end()) {}

bool FullyConnected::suits(const ConvolutionShape& shape) {
  const Window2d& window = shape.window;
  const bool reads_the_pixel =
      window.kernel.area() == 1 && window.pads.top == 0 && window.pads.left == 0;
  return shape.groups == 1 && shape.batch == 1 && shape.input.area() == 1 &&
         shape.output.area() == 1 && reads_the_pixel;
}

void FullyConnected::forward(std::span<const float> x, std::span<float> y, std::size_t count,
                             float low, float high) {
  const std::size_t outputs = weights_.shape().outputs;
  for_sums(weights_, {}, x.data(), count, pool_,
           [&](std::size_t row, std::size_t output, float sum) {
             const float value = bias_.empty() ? sum : sum + bias_[output];
             y[row * outputs + output] = std::min(std::max(value, low), high);
           });
}

void FullyConnected::apply(WeightPart part, std::span<const float> x, std::span<float> z,
                           Write write) {
  for_sums(weights_, part, x.data(), 1, pool_, [&](std::size_t, std::size_t output, float sum) {
    z[output] = write == Write::Accumulate ? z[output] + sum : sum;
  });
}

void FullyConnected::adjoint(WeightPart part, std::span<const float> s, std::span<float> r,
                             std::size_t count, Write write) {
  const auto& [groups, inputs, outputs, taps] = weights_.shape();
  if (write == Write::Assign) std::ranges::fill(r, 0.0F);
  const std::vector<std::uint32_t> sending = relevant_outputs(s, outputs);
  // Ranges as long as can be: the weights of an output are read from one address on.
  const std::size_t grain = std::max(kInputs, (inputs / pool_.threads() + 4) / 4 * 4);
  pool_.parallel_for(inputs, grain, [&](std::size_t begin, std::size_t end) {
    std::vector<Spread> spreads(count);
    for_blocks(sending, [&](std::span<const std::uint32_t> block) {
      for (std::size_t row = 0; row < count; ++row) {
        float shares[kOutputs];
        for (std::size_t k = 0; k < block.size(); ++k) shares[k] = s[row * outputs + block[k]];
        spreads[row] = spread_of({shares, block.size()}, r.data() + row * inputs);
      }
      run({.shared = rows_of(weights_, block), .spreads = spreads}, part, begin, end);
    });
  });
}

void FullyConnected::share(WeightPart part, std::span<const float> x,
                           std::span<const std::uint32_t> outputs, const ShareOf& share_of,
                           std::span<float> r, std::size_t count) {
  std::ranges::fill(r, 0.0F);
  const std::size_t workers = std::min(pool_.threads(), std::max<std::size_t>(outputs.size(), 1));
  std::vector<Buffer> beside;
  for (std::size_t worker = 1; worker < workers; ++worker) beside.push_back(filled(r.size(), 0.0F));
  pool_.parallel_for(workers, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t worker = begin; worker < end; ++worker) {
      const std::size_t first = worker * outputs.size() / workers;
      const std::size_t last = (worker + 1) * outputs.size() / workers;
      float* to = worker == 0 ? r.data() : beside[worker - 1].floats().data();
      SharedBlocks(weights_, part, x.data(), share_of, to, count)
          .run_all(outputs.subspan(first, last - first));
    }
  });
  for (const Buffer& other : beside) accumulate(other.floats(), r, pool_);
}

}  // namespace relcam
