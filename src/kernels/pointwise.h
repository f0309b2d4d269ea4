#pragma once

#include <span>

#include "kernels/thread_pool.h"

namespace relcam {

/// What a pointwise function takes besides x; ONNX names of the attributes stand in the op table.
struct PointwiseParameters {
  float alpha = 0.0F;
  float beta = 0.0F;
};

/// A function of one variable over contiguous floats. Results may overwrite their arguments.
struct Pointwise {
  void (*forward)(std::span<const float> x, std::span<float> y, PointwiseParameters);
  /// dx = dy * f'(x), where `known` is y if gradient_reads_output, else x.
  void (*gradient)(std::span<const float> known, std::span<const float> dy, std::span<float> dx,
                   PointwiseParameters);
  bool gradient_reads_output;
};

namespace pointwise {
extern const Pointwise relu, clip, sigmoid, tanh, hard_sigmoid, hard_swish, leaky_relu, elu, selu,
    celu, softplus, softsign, thresholded_relu, swish, mish, gelu, gelu_tanh, abs, exp, log, sqrt,
    neg, reciprocal, erf, floor, ceil, round, sign, sin, cos;
}  // namespace pointwise

/// Runs forward or gradient of `function`, spread over the threads.
void apply_pointwise(const Pointwise& function, std::span<const float> x, std::span<float> y,
                     PointwiseParameters parameters, const ThreadPool& pool);
void apply_pointwise_gradient(const Pointwise& function, std::span<const float> known,
                              std::span<const float> dy, std::span<float> dx,
                              PointwiseParameters parameters, const ThreadPool& pool);

}  // namespace relcam
