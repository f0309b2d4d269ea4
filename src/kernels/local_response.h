#pragma once

#include <cstddef>
#include <span>

#include "kernels/thread_pool.h"

namespace relcam {

/// y = x / s^beta with s = bias + alpha / size * (squares of the `size` channels around x), for
/// each pixel's run of `channels` elements (Krizhevsky et al. 2012).
struct LocalResponse {
  std::size_t channels;
  std::size_t size;
  float alpha;
  float beta;
  float bias;
};

void local_response(const LocalResponse& norm, std::span<const float> x, std::span<float> y,
                    const ThreadPool& pool);

/// dx = dy s^-beta - 2 alpha beta / size * x * (sum over the windows that see x of dy x
/// s^(-beta-1)).
void local_response_gradient(const LocalResponse& norm, std::span<const float> x,
                             std::span<const float> dy, std::span<float> dx,
                             const ThreadPool& pool);

/// The change of y for a change t of x.
void local_response_tangent(const LocalResponse& norm, std::span<const float> x,
                            std::span<const float> t, std::span<float> y_tangent,
                            const ThreadPool& pool);

}  // namespace relcam
