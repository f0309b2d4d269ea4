#pragma once

#include <span>
#include <vector>

#include "base/buffer.h"
#include "kernels/convolution_shape.h"
#include "kernels/thread_pool.h"
#include "kernels/xnnpack.h"

namespace relcam {

/// A forward pass by XNNPACK: one operator for every clamp and count of samples it was asked for,
/// all on the same packed weights and biases. Not for groups of one input and one output.
class XnnConvolution {
 public:
  /// `panels`: see WeightPanels; they must outlive this.
  XnnConvolution(const ConvolutionShape& shape, const float* panels);
  ~XnnConvolution() = default;
  XnnConvolution(const XnnConvolution&) = delete;
  XnnConvolution& operator=(const XnnConvolution&) = delete;

  /// y = clamp(conv(x) + bias) for `count` stacked samples.
  void run(std::span<const float> x, std::span<float> y, std::size_t count, float low, float high,
           const ThreadPool& pool);

 private:
  struct Variant {
    std::size_t count;
    float low;
    float high;
    XnnOperator op;
    Buffer workspace;
  };

  Variant& variant(std::size_t count, float low, float high, const ThreadPool& pool);

  ConvolutionShape shape_;
  const float* panels_;
  PackedWeightsProvider provider_;
  std::vector<Variant> variants_;
};

}  // namespace relcam
