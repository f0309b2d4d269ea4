#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "kernels/broadcast.h"
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

/// An operand of one segment: an array, or one element that serves the whole segment.
struct Operand {
  const float* data;
  bool steps;
};

/// y[i] = f(a[i], b[i]) for one segment.
using BinaryLoop = void (*)(Operand a, Operand b, float* y, std::size_t count);

/// A function of two variables with its partial derivatives.
struct Binary {
  BinaryLoop forward;
  BinaryLoop derivative_a;
  BinaryLoop derivative_b;
};

namespace binary {
extern const Binary multiply, divide, power, maximum, minimum, prelu;
}  // namespace binary

/// y = loop(a, b); operands 0 and 1 of `walk` are a and b.
void apply_binary(BinaryLoop loop, const BroadcastWalk& walk, std::span<const float> a,
                  std::span<const float> b, std::span<float> y, const ThreadPool& pool);

/// d_operand = sum over what broadcasting repeated of dy * derivative(a, b). Operand 0 or 1 of
/// `walk` is the one the derivative is taken by.
void apply_binary_gradient(BinaryLoop derivative, const BroadcastWalk& walk, std::size_t operand,
                           std::span<const float> a, std::span<const float> b,
                           std::span<const float> dy, std::span<float> d_operand,
                           const ThreadPool& pool);

/// dy += derivative(a, b) * d_operand, stretched by broadcasting. Operand 0 or 1 of `walk` is the
/// one the derivative is taken by.
void add_binary_tangent(BinaryLoop derivative, const BroadcastWalk& walk, std::size_t operand,
                        std::span<const float> a, std::span<const float> b,
                        std::span<const float> d_operand, std::span<float> dy,
                        const ThreadPool& pool);

/// Bounds that are applied to results.
struct Bounds {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// y = clamp(weight_a * a + weight_b * b); operands 0 and 1 of `walk` are a and b. y may be a or b
/// if that covers the result.
void weighted_sum(const BroadcastWalk& walk, std::span<const float> a, float weight_a,
                  std::span<const float> b, float weight_b, std::span<float> y, Bounds bounds,
                  const ThreadPool& pool);

/// y = weight * x, stretched to the walk's shape; x is operand 0.
void stretch(const BroadcastWalk& walk, std::span<const float> x, float weight, std::span<float> y,
             const ThreadPool& pool);

/// The adjoint of `stretch`: x = weight * (y summed over what stretching repeated).
void sum_stretched(const BroadcastWalk& walk, std::span<const float> y, float weight,
                   std::span<float> x, const ThreadPool& pool);

/// y += x.
void accumulate(std::span<const float> x, std::span<float> y);

}  // namespace relcam
