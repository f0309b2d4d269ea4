#include "ops/convolution_operation.h"

#include <utility>

#include "kernels/convolution.h"
#include "kernels/depthwise.h"
#include "kernels/fully_connected.h"
#include "ops/linear_operation.h"

namespace relcam {
namespace {

/// The Operation of a kernel that is a LinearMap with a bias and a clamped forward pass.
template <typename Kernel>
class BiasedOperation final : public LinearOperation {
 public:
  explicit BiasedOperation(std::unique_ptr<Kernel> kernel)
      : LinearOperation(std::move(kernel)), kernel_(static_cast<Kernel&>(*linear())) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override {
    forward_batch(inputs, outputs, 1, clamp);
  }

  void forward_batch(ConstBuffers inputs, Buffers outputs, std::size_t count,
                     Clamp clamp) override {
    kernel_.forward(inputs[0], outputs[0], count, clamp.low, clamp.high);
  }

 private:
  Kernel& kernel_;
};

template <typename Kernel>
std::unique_ptr<Operation> biased(const ConvolutionShape& shape, const WeightSource& weights,
                                  const ThreadPool& pool) {
  return std::make_unique<BiasedOperation<Kernel>>(std::make_unique<Kernel>(shape, weights, pool));
}

}  // namespace

std::unique_ptr<Operation> make_convolution(const ConvolutionShape& shape,
                                            const WeightSource& weights, const ThreadPool& pool) {
  if (shape.group_inputs == 1 && shape.group_outputs == 1) {
    return biased<DepthwiseConvolution>(shape, weights, pool);
  }
  if (FullyConnected::suits(shape)) {
    return biased<FullyConnected>(shape, weights, pool);
  }
  return biased<Convolution>(shape, weights, pool);
}

std::unique_ptr<Operation> make_matrix_product(std::size_t rows, std::size_t inputs,
                                               std::size_t outputs, const WeightSource& weights,
                                               const ThreadPool& pool) {
  const ConvolutionShape shape = {
      .input = {1, rows}, .output = {1, rows}, .group_inputs = inputs, .group_outputs = outputs};
  return make_convolution(shape, weights, pool);
}

}  // namespace relcam
