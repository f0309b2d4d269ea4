#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "kernels/broadcast.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// y[i] = f(a[i], b[i]).
using BinaryLoop = void (*)(const float* a, const float* b, float* y, std::size_t count);

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

/// Bounds that are applied to results; NaN stays NaN.
struct Bounds {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();

  float clamp(float value) const {
    const float raised = value < low ? low : value;
    return raised > high ? high : raised;
  }
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
