#pragma once

#include <cstddef>
#include <span>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"
#include "kernels/window.h"

namespace relcam {

/// Geometry of a pooling over channels-last images: x is [batch, input, channels], y is
/// [batch, output, channels].
struct PoolShape {
  std::size_t batch = 1;
  std::size_t channels = 1;
  Extent2d input = {};
  Extent2d output = {};
  Window2d window = {};
};

/// y = the largest x of each window; padding never wins.
void max_pool(const PoolShape& shape, std::span<const float> x, std::span<float> y,
              const ThreadPool& pool);

/// dx = dy carried to the first largest x of each window in row-major order; overlaps add up.
void max_pool_vjp(const PoolShape& shape, std::span<const float> x, std::span<const float> dy,
                  std::span<float> dx, const ThreadPool& pool);

/// ty = tx of the first largest x of each window in row-major order; 0 for windows of padding
/// alone.
void max_pool_jvp(const PoolShape& shape, std::span<const float> x, std::span<const float> tx,
                  std::span<float> ty, const ThreadPool& pool);

/// Mean of each window as a linear map with weights 1 / count.
class AveragePooling final : public LinearMap {
 public:
  /// `counts_padding`: whether padding (but not what lies beyond it) counts as elements of value 0.
  AveragePooling(const PoolShape& shape, bool counts_padding, const ThreadPool& pool);

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  std::span<const float> bias() const override { return {}; }
  bool has_negative_weights() const override { return false; }

 private:
  PoolShape shape_;
  const ThreadPool& pool_;
  Meetings2d inputs_;           ///< of every output
  Meetings2d outputs_;          ///< of every input
  std::vector<float> weights_;  ///< of every output position
};

}  // namespace relcam
