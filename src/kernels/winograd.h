#pragma once

#include <cstddef>
#include <span>

#include "base/aligned.h"
#include "kernels/convolution_shape.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"

namespace relcam {

/// 3x3 convolution with stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast
/// algorithms for convolutional neural networks", CVPR 2016): a quarter of the multiplications, at
/// an error of about 1e-5 of the largest output. Holds weights of its own, four times as large as
/// the plain ones, so it is meant for layers whose maps are large and whose weights are few.
class WinogradConvolution {
 public:
  /// Whether the layer has the form required and gains enough to pay for the second weights.
  static bool suits(const ConvolutionShape& shape);

  /// Transforms the weights of `panels`, whose shape must suit.
  WinogradConvolution(const ConvolutionShape& shape, const WeightPanels& panels);

  /// y = clamp(conv(x) + bias) for `count` stacked samples; `bias` has one element per output
  /// channel or is empty.
  void run(std::span<const float> x, std::span<const float> bias, std::span<float> y,
           std::size_t count, float low, float high, const ThreadPool& pool) const;

 private:
  ConvolutionShape shape_;
  std::size_t panel_width_;
  std::size_t panels_;
  AlignedFloats weights_;  ///< 36 matrices, each packed as XNNPACK's product reads it
};

}  // namespace relcam
