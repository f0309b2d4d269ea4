#pragma once

#include <cstdint>
#include <span>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// The elementwise loops of relevance rules, spread over the threads. `count` relevances may be
/// stacked: |relevance| = count * |z|.

/// z + epsilon * sign(z), where sign(0) = +1.
void push_from_zero(std::span<float> z, float epsilon, const ThreadPool& pool);

/// shares[k * n + i] = factor * relevance[k * n + i] / z[i], where n = |z|; 0 where z[i] is 0.
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
