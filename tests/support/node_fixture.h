#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "kernels/thread_pool.h"
#include "ops/op.h"

namespace relcam::testing {

/// A graph of one node. Inputs are added in node order. Shapes and data of live tensors are ONNX
/// ones (NCHW); forward and vjp convert to channels-last and back where the op wants that.
///
///   NodeFixture node("Relu");
///   node.live({2, 3});
///   const auto y = node.forward({x})[0];
class NodeFixture {
 public:
  explicit NodeFixture(std::string op_type, std::int64_t opset = 17);

  NodeFixture& live(Shape shape, DType dtype = DType::Float32);
  NodeFixture& constant(Constant constant);
  NodeFixture& omitted();
  NodeFixture& attribute(const std::string& name, Attribute value);
  NodeFixture& outputs(std::size_t count);
  /// Runs a Follow op on channels-last data, as the layout canonizer would arrange it.
  NodeFixture& channels_last();

  NodeView view() const { return {graph_, graph_.nodes.front()}; }
  const Op& op() const;

  std::vector<InferredValue> infer() const { return op().infer(view()); }
  std::vector<Constant> fold() const { return op().fold(view()); }

  /// Shapes inferred, layouts chosen, weights packed. Called by forward and vjp when needed; call
  /// it to look at the physical graph or the operation itself.
  Operation& prepared();

  /// `inputs`: data of the live inputs, in order. Gives every output.
  std::vector<std::vector<float>> forward(const std::vector<std::vector<float>>& inputs,
                                          Clamp clamp = {});
  /// `samples`: data of the live inputs for each of several samples, run as one batch. Gives every
  /// output of every sample.
  std::vector<std::vector<std::vector<float>>> forward_batch(
      const std::vector<std::vector<std::vector<float>>>& samples, Clamp clamp = {});
  /// Gradients of the live inputs, in order, from gradients of every output. Forward values that
  /// the op does not ask for are withheld, and gradient buffers hold NaN before, as in a real run.
  std::vector<std::vector<float>> vjp(const std::vector<std::vector<float>>& inputs,
                                      const std::vector<std::vector<float>>& output_gradients);

  /// Tangents of every output from tangents of the live inputs, in order; under the same
  /// conditions.
  std::vector<std::vector<float>> jvp(const std::vector<std::vector<float>>& inputs,
                                      const std::vector<std::vector<float>>& input_tangents);

  const Shape& logical_output_shape(std::size_t i) const { return logical_outputs_.at(i).shape; }

 private:
  void choose_layout();
  void permute_constants();

  Graph graph_;
  bool follow_channels_last_ = false;
  std::vector<InferredValue> logical_outputs_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<Operation> operation_;
};

/// Data of a rank-4 tensor of NCHW `shape` in NHWC order, and back.
std::vector<float> to_channels_last(const std::vector<float>& data, const Shape& nchw);
std::vector<float> to_channels_first(const std::vector<float>& data, const Shape& nchw);

/// Reproducible values in [low, high), the same for the same seed.
std::vector<float> random_floats(std::size_t count, std::uint32_t seed, float low = -1.0F,
                                 float high = 1.0F);

}  // namespace relcam::testing
