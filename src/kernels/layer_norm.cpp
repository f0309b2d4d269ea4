#include "kernels/layer_norm.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 4096;

struct Moments {
  float mean;
  float inverse_deviation;
};

/// In double: the variance of a row far from zero would lose its digits in float.
Moments moments_of(std::span<const float> row, const LayerNorm& norm) {
  double sum = 0.0;
  for (const float value : row) sum += static_cast<double>(value);
  const double mean = norm.centred ? sum / static_cast<double>(row.size()) : 0.0;
  double squares = 0.0;
  for (const float value : row) {
    const double distance = static_cast<double>(value) - mean;
    squares += distance * distance;
  }
  const double variance = squares / static_cast<double>(row.size());
  return {static_cast<float>(mean),
          static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(norm.epsilon)))};
}

/// Calls visit(offset) for the first element of every row.
template <typename Visit>
void for_rows(std::size_t size, std::size_t columns, const ThreadPool& pool, Visit&& visit) {
  pool.parallel_for(size / columns, kGrainElements / columns + 1,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t row = begin; row < end; ++row) visit(row * columns);
                    });
}

/// d = J d for the (symmetric) Jacobian of the normalised row: (d - mean(d) - n mean(d n)) over the
/// deviation.
void apply_jacobian(const LayerNorm& norm, std::span<const float> row, std::span<float> d) {
  const Moments moments = moments_of(row, norm);
  const auto normalised = [&](std::size_t i) {
    return (row[i] - moments.mean) * moments.inverse_deviation;
  };
  double sum = 0.0;
  double weighted = 0.0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    sum += static_cast<double>(d[i]);
    weighted += static_cast<double>(d[i]) * static_cast<double>(normalised(i));
  }
  const auto mean = norm.centred ? static_cast<float>(sum / static_cast<double>(d.size())) : 0.0F;
  const auto slope =
      norm.frozen ? 0.0F : static_cast<float>(weighted / static_cast<double>(d.size()));
  for (std::size_t i = 0; i < d.size(); ++i) {
    d[i] = (d[i] - mean - normalised(i) * slope) * moments.inverse_deviation;
  }
}

}  // namespace

void layer_norm(const LayerNorm& norm, std::span<const float> x, std::span<float> y,
                const ThreadPool& pool) {
  const std::size_t columns = norm.scale.size();
  for_rows(x.size(), columns, pool, [&](std::size_t offset) {
    const auto row = x.subspan(offset, columns);
    const Moments moments = moments_of(row, norm);
    for (std::size_t i = 0; i < columns; ++i) {
      const float shift = norm.shift.empty() ? 0.0F : norm.shift[i];
      y[offset + i] = (row[i] - moments.mean) * moments.inverse_deviation * norm.scale[i] + shift;
    }
  });
}

void layer_norm_gradient(const LayerNorm& norm, std::span<const float> x, std::span<const float> dy,
                         std::span<float> dx, const ThreadPool& pool) {
  const std::size_t columns = norm.scale.size();
  for_rows(x.size(), columns, pool, [&](std::size_t offset) {
    const auto to = dx.subspan(offset, columns);
    std::ranges::transform(dy.subspan(offset, columns), norm.scale, to.begin(),
                           std::multiplies<>{});
    apply_jacobian(norm, x.subspan(offset, columns), to);
  });
}

void layer_norm_tangent(const LayerNorm& norm, std::span<const float> x, std::span<const float> t,
                        std::span<float> y_tangent, const ThreadPool& pool) {
  const std::size_t columns = norm.scale.size();
  for_rows(x.size(), columns, pool, [&](std::size_t offset) {
    const auto to = y_tangent.subspan(offset, columns);
    std::ranges::copy(t.subspan(offset, columns), to.begin());
    apply_jacobian(norm, x.subspan(offset, columns), to);
    std::ranges::transform(to, norm.scale, to.begin(), std::multiplies<>{});
  });
}

}  // namespace relcam
