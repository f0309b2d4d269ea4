#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "kernels/convolution_shape.h"
#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"

namespace relcam {

class AdjointOperands;
class WinogradConvolution;
class XnnConvolution;

/// Convolution, or matrix product when the window is 1x1, with constant weights; not for groups of
/// one input and one output, which DepthwiseConvolution treats. FullyConnected is faster on one
/// pixel.
class Convolution final : public LinearMap {
 public:
  Convolution(const ConvolutionShape& shape, const WeightSource& weights, const ThreadPool& pool);
  ~Convolution() override;
  Convolution(const Convolution&) = delete;
  Convolution& operator=(const Convolution&) = delete;

  /// y = clamp(conv(x) + bias) for `count` stacked samples.
  void forward(std::span<const float> x, std::span<float> y, std::size_t count, float low,
               float high);

  void apply(WeightPart part, std::span<const float> x, std::span<float> z, Write write) override;
  void adjoint(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
               Write write) override;
  std::size_t pieces() const override;
  std::size_t most_stacked() const override;
  void apply_piece(WeightPart part, std::span<const float> x, std::span<float> z, Write write,
                   Piece piece) override;
  void adjoint_piece(WeightPart part, std::span<const float> s, std::span<float> r, Write write,
                     Piece piece) override;
  std::span<const float> bias() const override { return bias_; }

 private:
  void adjoint_of(WeightPart part, std::span<const float> s, std::span<float> r, std::size_t count,
                  Write write, Piece piece) const;
  /// r (+)= part(W)^T s on one class of input pixels.
  void adjoint_class(const AdjointOperands& operands, std::size_t count, Write write,
                     Piece piece) const;

  ConvolutionShape shape_;
  const ThreadPool& pool_;
  WeightPanels panels_;
  std::vector<float> bias_;
  std::vector<float> zeros_;  ///< stands for the channels of a padding pixel
  std::unique_ptr<XnnConvolution> forward_;
  std::unique_ptr<WinogradConvolution> winograd_;  ///< null where it does not suit
};

}  // namespace relcam
