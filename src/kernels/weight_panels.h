#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "base/constant.h"

namespace relcam {

/// Sizes of the weights of a (grouped) convolution; a matrix product is one with a single tap.
struct WeightShape {
  std::size_t groups = 1;
  std::size_t inputs = 1;   ///< per group
  std::size_t outputs = 1;  ///< per group
  std::size_t taps = 1;     ///< kernel positions, row-major
};

/// Weights as a model file has them.
struct WeightSource {
  enum class Order {
    OutputsFirst,  ///< [groups * outputs][inputs][taps], as ONNX Conv and Gemm with transB
    InputsFirst    ///< [inputs][outputs], as ONNX MatMul; one group, one tap
  };
  const Constant& values;
  Order order = Order::OutputsFirst;
  float scale = 1.0F;
  std::span<const float> bias = {};  ///< one per output channel, or empty
};

/// The only copy of a layer's weights, in the layout that XNNPACK's kernels read: per group and
/// panel of `width` output channels, `width` biases, then weights [tap][input][width], padded with
/// zeros. With a width of one, the weights of an output lie together.
class WeightPanels {
 public:
  WeightPanels(const WeightShape& shape, const WeightSource& source, std::size_t width);

  const WeightShape& shape() const { return shape_; }
  const float* packed() const { return packed_.get(); }
  std::size_t width() const { return width_; }

  /// The weights of output channels [output, output + 4) of a group for tap 0 and input 0;
  /// `output` is a multiple of 4, or `width` is 1. Those of (tap, input) lie (tap * inputs + input)
  /// * width() on.
  const float* lanes(std::size_t group, std::size_t output) const {
    return panel(group, output / width_) + width_ + output % width_;
  }

 private:
  std::size_t depth() const { return shape_.taps * shape_.inputs; }
  const float* panel(std::size_t group, std::size_t index) const {
    return packed_.get() + (group * panels_ + index) * (depth() + 1) * width_;
  }
  void pack_outputs_first(const WeightSource& source);
  void pack_inputs_first(const WeightSource& source);
  void pack_bias(std::span<const float> bias);

  WeightShape shape_;
  std::size_t width_;
  std::size_t panels_;  ///< per group
  AlignedFloats packed_;
};

/// Elements [begin, begin + count) of a constant, as floats: converts a part of a big constant
/// without a copy of the whole.
std::vector<float> constant_slice(const Constant& constant, std::size_t begin, std::size_t count);

}  // namespace relcam
