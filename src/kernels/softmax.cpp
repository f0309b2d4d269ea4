#include "kernels/softmax.h"

#include <algorithm>
#include <cmath>

#include "kernels/vector_math.h"

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 4096;

/// One line along the axis: element i stands at data[i * stride].
template <typename T>
struct Line {
  T* data;
  std::size_t extent;
  std::size_t stride;

  T& operator[](std::size_t i) const { return data[i * stride]; }
};

/// Calls visit(offset) with the first element's offset of every line.
template <typename Visit>
void for_lines(AxisView view, const ThreadPool& pool, Visit&& visit) {
  const std::size_t grain =
      std::max<std::size_t>(1, kGrainElements / std::max<std::size_t>(1, view.extent));
  pool.parallel_for(view.outer * view.inner, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end; ++line) {
      visit(line / view.inner * view.extent * view.inner + line % view.inner);
    }
  });
}

float largest(Line<const float> x) {
  float result = x[0];
  for (std::size_t i = 1; i < x.extent; ++i) result = std::max(result, x[i]);
  return result;
}

/// y = exp(x - shift); gives the sum of y.
float exponentials(Line<const float> x, float shift, Line<float> y) {
  if (x.stride == 1) {
    for (std::size_t i = 0; i < x.extent; ++i) y.data[i] = exponential(x.data[i] - shift);
  } else {
    for (std::size_t i = 0; i < x.extent; ++i) y[i] = exponential(x[i] - shift);
  }
  float sum = 0.0F;
  for (std::size_t i = 0; i < x.extent; ++i) sum += y[i];
  return sum;
}

}  // namespace

void softmax(AxisView view, std::span<const float> x, std::span<float> y, const ThreadPool& pool) {
  for_lines(view, pool, [&](std::size_t offset) {
    const Line<const float> from{x.data() + offset, view.extent, view.inner};
    const Line<float> to{y.data() + offset, view.extent, view.inner};
    const float scale = 1.0F / exponentials(from, largest(from), to);
    for (std::size_t i = 0; i < to.extent; ++i) to[i] *= scale;
  });
}

void softmax_gradient(AxisView view, std::span<const float> y, std::span<const float> dy,
                      std::span<float> dx, const ThreadPool& pool) {
  for_lines(view, pool, [&](std::size_t offset) {
    const Line<const float> output{y.data() + offset, view.extent, view.inner};
    const Line<const float> from{dy.data() + offset, view.extent, view.inner};
    const Line<float> to{dx.data() + offset, view.extent, view.inner};
    float mean = 0.0F;
    for (std::size_t i = 0; i < view.extent; ++i) mean += from[i] * output[i];
    for (std::size_t i = 0; i < view.extent; ++i) to[i] = output[i] * (from[i] - mean);
  });
}

void log_softmax(AxisView view, std::span<const float> x, std::span<float> y,
                 const ThreadPool& pool) {
  for_lines(view, pool, [&](std::size_t offset) {
    const Line<const float> from{x.data() + offset, view.extent, view.inner};
    const Line<float> to{y.data() + offset, view.extent, view.inner};
    const float shift = largest(from);
    const float log_sum = shift + std::log(exponentials(from, shift, to));
    for (std::size_t i = 0; i < to.extent; ++i) to[i] = from[i] - log_sum;
  });
}

void log_softmax_gradient(AxisView view, std::span<const float> y, std::span<const float> dy,
                          std::span<float> dx, const ThreadPool& pool) {
  for_lines(view, pool, [&](std::size_t offset) {
    const Line<const float> output{y.data() + offset, view.extent, view.inner};
    const Line<const float> from{dy.data() + offset, view.extent, view.inner};
    const Line<float> to{dx.data() + offset, view.extent, view.inner};
    float sum = 0.0F;
    for (std::size_t i = 0; i < view.extent; ++i) sum += from[i];
    for (std::size_t i = 0; i < view.extent; ++i) to[i] = from[i] - exponential(output[i]) * sum;
  });
}

void log_softmax_tangent(AxisView view, std::span<const float> y, std::span<const float> tx,
                         std::span<float> ty, const ThreadPool& pool) {
  for_lines(view, pool, [&](std::size_t offset) {
    const Line<const float> output{y.data() + offset, view.extent, view.inner};
    const Line<const float> from{tx.data() + offset, view.extent, view.inner};
    const Line<float> to{ty.data() + offset, view.extent, view.inner};
    float mean = 0.0F;
    for (std::size_t i = 0; i < view.extent; ++i) mean += exponential(output[i]) * from[i];
    for (std::size_t i = 0; i < view.extent; ++i) to[i] = from[i] - mean;
  });
}

}  // namespace relcam
