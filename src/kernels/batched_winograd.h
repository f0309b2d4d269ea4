#pragma once

#include <cstddef>
#include <span>

#include "kernels/convolution_shape.h"
#include "kernels/product.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// WinogradConvolution for many samples at once and without weights of its own: the kernels are
/// packed and transformed for the call, a few output channels at a time, which pays where many
/// tiles use them.
class BatchedWinograd {
 public:
  /// Whether `count` samples together gain, although one alone may not suit.
  static bool suits(const ConvolutionShape& shape, std::size_t count);

  /// `kernels` packs the nine taps in row-major order. Both must outlive this.
  BatchedWinograd(const ConvolutionShape& shape, const ColumnTiles& kernels)
      : shape_(&shape), kernels_(&kernels) {}

  /// See WinogradConvolution::run; all outputs, or a piece of them.
  void run(std::span<const float> x, std::span<const float> bias, std::span<float> y,
           std::size_t count, float low, float high, const ThreadPool& pool,
           Piece piece = {}) const;

 private:
  const ConvolutionShape* shape_;
  const ColumnTiles* kernels_;
};

}  // namespace relcam
