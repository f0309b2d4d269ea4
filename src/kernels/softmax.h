#pragma once

#include <cstddef>
#include <span>

#include "kernels/thread_pool.h"

namespace relcam {

/// A row-major tensor seen as [outer, extent, inner]; functions work along `extent`.
struct AxisView {
  std::size_t outer = 1;
  std::size_t extent = 1;
  std::size_t inner = 1;
};

/// y = exp(x) / sum exp(x) along the axis.
void softmax(AxisView view, std::span<const float> x, std::span<float> y, const ThreadPool& pool);
/// dx = y * (dy - sum(dy * y)); the Jacobian is symmetric, so that this is its tangent as well.
void softmax_gradient(AxisView view, std::span<const float> y, std::span<const float> dy,
                      std::span<float> dx, const ThreadPool& pool);

/// y = x - log sum exp(x) along the axis.
void log_softmax(AxisView view, std::span<const float> x, std::span<float> y,
                 const ThreadPool& pool);
/// dx = dy - exp(y) * sum(dy).
void log_softmax_gradient(AxisView view, std::span<const float> y, std::span<const float> dy,
                          std::span<float> dx, const ThreadPool& pool);
/// ty = tx - sum(exp(y) * tx).
void log_softmax_tangent(AxisView view, std::span<const float> y, std::span<const float> tx,
                         std::span<float> ty, const ThreadPool& pool);

}  // namespace relcam
