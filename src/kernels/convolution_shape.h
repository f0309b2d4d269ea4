#pragma once

#include <cstddef>

#include "kernels/window.h"

namespace relcam {

/// Geometry of a convolution over channels-last images: x is [batch, input, groups * group_inputs],
/// y is [batch, output, groups * group_outputs].
struct ConvolutionShape {
  std::size_t batch = 1;
  Extent2d input = {};
  Extent2d output = {};
  std::size_t groups = 1;
  std::size_t group_inputs = 1;
  std::size_t group_outputs = 1;
  Window2d window = {};

  std::size_t input_channels() const { return groups * group_inputs; }
  std::size_t output_channels() const { return groups * group_outputs; }
  std::size_t input_size() const { return batch * input.area() * input_channels(); }
  std::size_t output_size() const { return batch * output.area() * output_channels(); }
};

}  // namespace relcam
