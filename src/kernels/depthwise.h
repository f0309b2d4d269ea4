#pragma once

#include <span>
#include <vector>

#include "kernels/convolution_shape.h"
#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"

namespace relcam {

/// Convolution whose every channel is filtered on its own: groups = channels, one weight per tap
/// and channel. XNNPACK is slow here (half the speed forward, a tenth backward), so that every
/// direction is ours.
class DepthwiseConvolution final : public LinearMap {
 public:
  DepthwiseConvolution(const ConvolutionShape& shape, const WeightSource& weights,
                       const ThreadPool& pool);

  /// y = clamp(conv(x) + bias) for `count` stacked samples.
  void forward(std::span<const float> x, std::span<float> y, std::size_t count, float low,
               float high);

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  std::span<const float> bias() const override { return bias_; }

 private:
  std::vector<float> mapped(WeightPart part) const;

  ConvolutionShape shape_;
  const ThreadPool& pool_;
  std::vector<float> weights_;  ///< [tap][channel]
  std::vector<float> bias_;
};

}  // namespace relcam
