#include "kernels/layer_norm.h"

#include <cmath>

namespace relcam {
namespace {

constexpr std::size_t kGrainElements = 4096;

struct Moments {
  float mean;
  float inverse_deviation;
};

/// In double: the variance of a row far from zero would lose its digits in float.
Moments moments_of(std::span<const float> row, float epsilon) {
  double sum = 0.0;
  for (const float value : row) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(row.size());
  double squares = 0.0;
  for (const float value : row) {
    const double distance = static_cast<double>(value) - mean;
    squares += distance * distance;
  }
  const double variance = squares / static_cast<double>(row.size());
  return {static_cast<float>(mean),
          static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(epsilon)))};
}

/// Calls visit(offset) for the first element of every row.
template <typename Visit>
void for_rows(std::size_t size, std::size_t columns, const ThreadPool& pool, Visit&& visit) {
  pool.parallel_for(size / columns, kGrainElements / columns + 1,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t row = begin; row < end; ++row) visit(row * columns);
                    });
}

}  // namespace

void layer_norm(const LayerNorm& norm, std::span<const float> x, std::span<float> y,
                const ThreadPool& pool) {
  const std::size_t columns = norm.scale.size();
  for_rows(x.size(), columns, pool, [&](std::size_t offset) {
    const auto row = x.subspan(offset, columns);
    const Moments moments = moments_of(row, norm.epsilon);
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
    const auto row = x.subspan(offset, columns);
    const auto outgoing = dy.subspan(offset, columns);
    const Moments moments = moments_of(row, norm.epsilon);
    const auto normalised = [&](std::size_t i) {
      return (row[i] - moments.mean) * moments.inverse_deviation;
    };
    double sum = 0.0;
    double weighted = 0.0;
    for (std::size_t i = 0; i < columns; ++i) {
      const double d = static_cast<double>(outgoing[i] * norm.scale[i]);
      sum += d;
      weighted += d * static_cast<double>(normalised(i));
    }
    const auto mean = static_cast<float>(sum / static_cast<double>(columns));
    const auto slope = static_cast<float>(weighted / static_cast<double>(columns));
    for (std::size_t i = 0; i < columns; ++i) {
      const float d = outgoing[i] * norm.scale[i];
      dx[offset + i] = (d - mean - normalised(i) * slope) * moments.inverse_deviation;
    }
  });
}

}  // namespace relcam
