#include "kernels/local_response.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 4096;

/// Sum of term(k) over the channels k of c's window or, `mirrored`, over those whose window sees c.
template <typename Term>
float sum_around(const LocalResponse& norm, std::size_t c, bool mirrored, Term&& term) {
  const std::size_t lower = (norm.size - 1) / 2;
  const std::size_t upper = norm.size / 2;
  const std::size_t before = mirrored ? upper : lower;
  const std::size_t after = mirrored ? lower : upper;
  float sum = 0.0F;
  const std::size_t last = std::min(c + after, norm.channels - 1);
  for (std::size_t k = c - std::min(c, before); k <= last; ++k) sum += term(k);
  return sum;
}

/// Calls visit(pixel's first element, s of its channels).
template <typename Visit>
void for_pixels(const LocalResponse& norm, std::span<const float> x, const ThreadPool& pool,
                Visit&& visit) {
  const std::size_t channels = norm.channels;
  const float weight = norm.alpha / static_cast<float>(norm.size);
  pool.parallel_for(
      x.size() / channels, kGrainElements / channels + 1, [&](std::size_t begin, std::size_t end) {
        std::vector<float> scales(channels);
        for (std::size_t pixel = begin; pixel < end; ++pixel) {
          const float* row = x.data() + pixel * channels;
          for (std::size_t c = 0; c < channels; ++c) {
            scales[c] = norm.bias + weight * sum_around(norm, c, false, [row](std::size_t k) {
                                      return row[k] * row[k];
                                    });
          }
          visit(pixel * channels, scales);
        }
      });
}

/// 2 alpha beta / size.
float slope_of(const LocalResponse& norm) {
  return 2.0F * norm.alpha * norm.beta / static_cast<float>(norm.size);
}

}  // namespace

void local_response(const LocalResponse& norm, std::span<const float> x, std::span<float> y,
                    const ThreadPool& pool) {
  for_pixels(norm, x, pool, [&](std::size_t first, const std::vector<float>& scales) {
    for (std::size_t c = 0; c < norm.channels; ++c) {
      y[first + c] = x[first + c] * std::pow(scales[c], -norm.beta);
    }
  });
}

void local_response_gradient(const LocalResponse& norm, std::span<const float> x,
                             std::span<const float> dy, std::span<float> dx,
                             const ThreadPool& pool) {
  for_pixels(norm, x, pool, [&](std::size_t first, const std::vector<float>& scales) {
    std::vector<float> pulls(norm.channels);
    for (std::size_t c = 0; c < norm.channels; ++c) {
      pulls[c] = dy[first + c] * x[first + c] * std::pow(scales[c], -norm.beta - 1.0F);
    }
    for (std::size_t c = 0; c < norm.channels; ++c) {
      const float pull = sum_around(norm, c, true, [&](std::size_t k) { return pulls[k]; });
      dx[first + c] =
          dy[first + c] * std::pow(scales[c], -norm.beta) - slope_of(norm) * x[first + c] * pull;
    }
  });
}

void local_response_tangent(const LocalResponse& norm, std::span<const float> x,
                            std::span<const float> t, std::span<float> y_tangent,
                            const ThreadPool& pool) {
  for_pixels(norm, x, pool, [&](std::size_t first, const std::vector<float>& scales) {
    for (std::size_t c = 0; c < norm.channels; ++c) {
      const float change =
          sum_around(norm, c, false, [&](std::size_t k) { return x[first + k] * t[first + k]; });
      const float power = std::pow(scales[c], -norm.beta);
      y_tangent[first + c] =
          power * (t[first + c] - slope_of(norm) * x[first + c] * change / scales[c]);
    }
  });
}

}  // namespace relcam
