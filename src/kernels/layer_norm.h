#pragma once

#include <cstddef>
#include <span>

#include "kernels/thread_pool.h"

namespace relcam {

/// What normalises each row of `columns` elements: y = (x - mean) / sqrt(variance + epsilon) *
/// scale + shift; `shift` may be empty. Where `centred` is false the mean counts as 0 (RMSNorm).
struct LayerNorm {
  std::span<const float> scale;
  std::span<const float> shift;
  float epsilon = 1e-5F;
  bool centred = true;
  bool frozen = false;  ///< gradients take the deviation for a constant: n mean(d n) counts as 0
};

void layer_norm(const LayerNorm& norm, std::span<const float> x, std::span<float> y,
                const ThreadPool& pool);

/// dx = (d - mean(d) - n mean(d n)) / sqrt(variance + epsilon), where d = dy scale and n is the
/// normalised row; mean(d) counts as 0 where the mean does.
void layer_norm_gradient(const LayerNorm& norm, std::span<const float> x, std::span<const float> dy,
                         std::span<float> dx, const ThreadPool& pool);

/// The change of y for a change t of x: scale (t - mean(t) - n mean(t n)) / sqrt(variance +
/// epsilon), with the same exception.
void layer_norm_tangent(const LayerNorm& norm, std::span<const float> x, std::span<const float> t,
                        std::span<float> y_tangent, const ThreadPool& pool);

}  // namespace relcam
