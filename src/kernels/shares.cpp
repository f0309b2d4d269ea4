#include "kernels/shares.h"

#include <cstddef>
#include <utility>

namespace relcam {
namespace {

/// Elements that are worth a thread of their own.
constexpr std::size_t kGrain = 1U << 14U;

struct BothSigns {
  float operator()(float x) const { return x; }
};
struct PositivePart {
  float operator()(float x) const { return x > 0.0F ? x : 0.0F; }
};
struct NegativePart {
  float operator()(float x) const { return x < 0.0F ? x : 0.0F; }
};

template <typename Use>
void with_part(SignPart part, Use&& use) {
  switch (part) {
    case SignPart::Both: return std::forward<Use>(use)(BothSigns{});
    case SignPart::Positive: return std::forward<Use>(use)(PositivePart{});
    case SignPart::Negative: return std::forward<Use>(use)(NegativePart{});
  }
}

template <typename Function>
void transform(std::span<float> values, const ThreadPool& pool, Function function) {
  pool.parallel_for(values.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) values[i] = function(values[i]);
  });
}

/// y[k * n + i] = function(a[k * n + i], b[i]), where n = |b|.
template <typename Function>
void combine(std::span<const float> a, std::span<const float> b, std::span<float> y,
             const ThreadPool& pool, Function function) {
  pool.parallel_for(b.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = 0; at < a.size(); at += b.size()) {
      const float* from = a.data() + at;
      float* to = y.data() + at;
      for (std::size_t i = begin; i < end; ++i) to[i] = function(from[i], b[i]);
    }
  });
}

/// The same, added to y.
template <typename Function>
void add_combined(std::span<const float> a, std::span<const float> b, std::span<float> y,
                  const ThreadPool& pool, Function function) {
  pool.parallel_for(b.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = 0; at < a.size(); at += b.size()) {
      const float* from = a.data() + at;
      float* to = y.data() + at;
      for (std::size_t i = begin; i < end; ++i) to[i] += function(from[i], b[i]);
    }
  });
}

}  // namespace

void push_from_zero(std::span<float> z, float epsilon, const ThreadPool& pool) {
  transform(z, pool,
            [epsilon](float value) { return value + (value < 0.0F ? -epsilon : epsilon); });
}

std::vector<std::uint32_t> relevant_outputs(std::span<const float> relevance, std::size_t n) {
  std::vector<std::uint32_t> outputs;
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t at = i;
    while (at < relevance.size() && relevance[at] == 0.0F) at += n;
    if (at < relevance.size()) outputs.push_back(static_cast<std::uint32_t>(i));
  }
  return outputs;
}

void divide(std::span<const float> relevance, std::span<const float> z, float factor,
            std::span<float> shares, const ThreadPool& pool) {
  combine(relevance, z, shares, pool,
          [factor](float r, float d) { return share_of(r, d, factor); });
}

void weigh(std::span<const float> g, std::span<const float> x, SignPart part, float factor,
           std::span<float> r, Write write, const ThreadPool& pool) {
  with_part(part, [&](auto part_of) {
    const auto share = [factor, part_of](float from, float value) {
      return factor * part_of(value) * from;
    };
    if (write == Write::Assign) {
      combine(g, x, r, pool, share);
    } else {
      add_combined(g, x, r, pool, share);
    }
  });
}

void take_part(std::span<const float> x, SignPart part, float factor, std::span<float> y,
               const ThreadPool& pool) {
  with_part(part, [&](auto part_of) {
    combine(x, x, y, pool,
            [factor, part_of](float value, float) { return factor * part_of(value); });
  });
}

void accumulate(std::span<const float> term, std::span<float> sum, const ThreadPool& pool) {
  combine(sum, term, sum, pool, [](float a, float b) { return a + b; });
}

}  // namespace relcam
