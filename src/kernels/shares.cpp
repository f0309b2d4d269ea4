#include "kernels/shares.h"

#include <cstddef>

#include "kernels/simd.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Elements that are worth a thread of their own.
constexpr std::size_t kGrain = 1U << 14U;

simd::Clamp clamp_to(SignPart part) {
  return simd::clamp_signs(part != SignPart::Positive, part != SignPart::Negative);
}

/// y[k * n + i] = function(a[k * n + i], b[i], y[k * n + i]), where n = |b|; any may be one array.
/// Written in vectors because a compiler must not assume that the arrays differ.
template <typename Function>
void combine(std::span<const float> a, std::span<const float> b, std::span<float> y,
             const ThreadPool& pool, Function function) {
  pool.parallel_for(b.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = 0; at < a.size(); at += b.size()) {
      const float* from = a.data() + at;
      float* to = y.data() + at;
      std::size_t i = begin;
      for (; i + 4 <= end; i += 4) {
        simd::store(to + i,
                    function(simd::load(from + i), simd::load(b.data() + i), simd::load(to + i)));
      }
      if (i == end) continue;
      const std::size_t rest = end - i;
      simd::store_first(
          to + i,
          function(simd::load_first(from + i, rest), simd::load_first(b.data() + i, rest),
                   simd::load_first(to + i, rest)),
          rest);
    }
  });
}

}  // namespace

void push_from_zero(std::span<float> z, float epsilon, const ThreadPool& pool) {
  const f32x4 up = simd::splat(epsilon);
  combine(z, z, z, pool,
          [up](f32x4 value, f32x4, f32x4) { return value + (value < simd::zero() ? -up : up); });
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
  const f32x4 factors = simd::splat(factor);
  combine(relevance, z, shares, pool, [factors](f32x4 r, f32x4 d, f32x4) {
    const auto has_share = (d != simd::zero()) & (r != simd::zero());
    return has_share ? factors * r / d : simd::zero();
  });
}

void weigh(std::span<const float> g, std::span<const float> x, SignPart part, float factor,
           std::span<float> r, Write write, const ThreadPool& pool) {
  const f32x4 factors = simd::splat(factor);
  const auto share = [factors, part_of = clamp_to(part)](f32x4 from, f32x4 value) {
    return factors * part_of(value) * from;
  };
  if (write == Write::Assign) {
    combine(g, x, r, pool, [share](f32x4 from, f32x4 value, f32x4) { return share(from, value); });
  } else {
    combine(g, x, r, pool,
            [share](f32x4 from, f32x4 value, f32x4 sum) { return sum + share(from, value); });
  }
}

void take_part(std::span<const float> x, SignPart part, float factor, std::span<float> y,
               const ThreadPool& pool) {
  const f32x4 factors = simd::splat(factor);
  combine(x, x, y, pool, [factors, part_of = clamp_to(part)](f32x4 value, f32x4, f32x4) {
    return factors * part_of(value);
  });
}

void accumulate(std::span<const float> term, std::span<float> sum, const ThreadPool& pool) {
  combine(term, term, sum, pool, [](f32x4 value, f32x4, f32x4 total) { return total + value; });
}

}  // namespace relcam
