#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "kernels/linear_map.h"

namespace relcam {

/// An activation fused into the node before it: y = min(max(y, low), high).
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// Buffers of a node's inputs in node order; empty for omitted inputs and for constants (those
/// were consumed by Op::prepare).
using ConstBuffers = std::span<const std::span<const float>>;
using Buffers = std::span<const std::span<float>>;

/// Sample `index` of buffers that hold `count` stacked samples each; empty ones stay empty.
std::vector<std::span<const float>> sample_of(ConstBuffers stacked, std::size_t count,
                                              std::size_t index);
std::vector<std::span<float>> sample_of(Buffers stacked, std::size_t count, std::size_t index);

/// A vector-Jacobian product: input_gradients[i] = (d outputs / d inputs[i])^T output_gradients.
/// Forward values that the op did not ask for (Op::vjp_reads) are empty.
struct VjpArguments {
  ConstBuffers inputs;
  ConstBuffers outputs;
  ConstBuffers output_gradients;
  Buffers input_gradients;  ///< written, not accumulated; empty where not wanted
};

/// A Jacobian-vector product: output_tangents[i] = sum_j (d outputs[i] / d inputs[j])
/// input_tangents[j]. Forward values that the op did not ask for (Op::vjp_reads) are empty.
struct JvpArguments {
  ConstBuffers inputs;
  ConstBuffers outputs;
  ConstBuffers input_tangents;  ///< of every live input
  Buffers output_tangents;      ///< written; empty where not wanted
};

/// Which forward values Operation::vjp and Operation::jvp read; the rest need not be kept.
struct VjpReads {
  bool inputs = false;
  bool outputs = false;
};

/// One node made ready to run: shapes fixed, weights packed. Not thread-safe; holds no activations.
class Operation {
 public:
  virtual ~Operation() = default;

  /// Writes the outputs. `clamp` is other than the default only for ops with Op::clamps.
  virtual void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) = 0;

  /// `forward` of `count` stacked samples: every buffer holds `count` times its elements. By
  /// default one sample after the other.
  virtual void forward_batch(ConstBuffers inputs, Buffers outputs, std::size_t count, Clamp clamp);

  virtual void vjp(const VjpArguments& arguments) = 0;

  /// `vjp` with the deviation by which a normalization divides held constant; other operations have
  /// none.
  virtual void frozen_vjp(const VjpArguments& arguments) { vjp(arguments); }

  /// Serves operations that are affine in their live inputs; all others override it.
  virtual void jvp(const JvpArguments& arguments);

  /// The linear map from the first input to the first output, for kinds Linear and Pool.
  virtual LinearMap* linear() { return nullptr; }

  /// For kind Sum: y = sum_i signs[i] * x_i, broadcast to the output's shape.
  virtual std::span<const float> signs() const { return {}; }

 protected:
  /// The jvp of an operation with one live input whose Jacobian is symmetric, as it is of
  /// everything pointwise: its vjp.
  void symmetric_jvp(const JvpArguments& arguments);
};

}  // namespace relcam
