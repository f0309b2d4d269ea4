#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/convolution_shape.h"
#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"

namespace relcam {

/// A matrix times one vector, as at the end of most classifiers. Reading the weights takes the
/// time, not multiplying: they lie output by output, so that outputs without relevance cost
/// nothing, and `share` reads them once for denominators and shares.
class FullyConnected final : public LinearMap, private SharesByOutput {
 public:
  /// `shape` is one that suits.
  FullyConnected(const ConvolutionShape& shape, const WeightSource& weights,
                 const ThreadPool& pool);

  /// One group, a window of 1x1 and images of one pixel.
  static bool suits(const ConvolutionShape& shape);

  /// y = clamp(W x + bias) for `count` stacked samples.
  void forward(std::span<const float> x, std::span<float> y, std::size_t count, float low,
               float high);

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  SharesByOutput* by_output() override { return this; }
  std::span<const float> bias() const override { return bias_; }

 private:
  void share(WeightPart part, std::span<const float> x, std::span<const std::uint32_t> outputs,
             const ShareOf& share_of, std::span<float> r, std::size_t count) override;

  const ThreadPool& pool_;
  WeightPanels weights_;
  std::vector<float> bias_;
};

}  // namespace relcam
