#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// The elementwise loops of relevance rules, spread over the threads. `count` relevances may be
/// stacked: |relevance| = count * |z|.

/// z + epsilon * sign(z), where sign(0) = +1.
void push_from_zero(std::span<float> z, float epsilon, const ThreadPool& pool);

/// The i < n for which any relevance[k * n + i] is not 0, ascending.
std::vector<std::uint32_t> relevant_outputs(std::span<const float> relevance, std::size_t n);

/// What a relevance gives per unit of a denominator: factor * relevance / z; 0 where either is 0,
/// so that the denominators of outputs without relevance need not be known.
inline float share_of(float relevance, float z, float factor) {
  return z == 0.0F || relevance == 0.0F ? 0.0F : factor * relevance / z;
}

/// shares[k * n + i] = share_of(relevance[k * n + i], z[i], factor), where n = |z|.
void divide(std::span<const float> relevance, std::span<const float> z, float factor,
            std::span<float> shares, const ThreadPool& pool);

/// x, max(x, 0) or min(x, 0).
enum class SignPart : std::uint8_t { Both, Positive, Negative };

/// r[k * n + i] (+)= factor * part(x[i]) * g[k * n + i], where n = |x|. `g` and `r` may be one.
void weigh(std::span<const float> g, std::span<const float> x, SignPart part, float factor,
           std::span<float> r, Write write, const ThreadPool& pool);

/// y = factor * part(x).
void take_part(std::span<const float> x, SignPart part, float factor, std::span<float> y,
               const ThreadPool& pool);

/// sum += term
void accumulate(std::span<const float> term, std::span<float> sum, const ThreadPool& pool);

}  // namespace relcam
