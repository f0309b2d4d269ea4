#include "ops/convolution_operation.h"

#include "kernels/convolution.h"
#include "kernels/depthwise.h"
#include "kernels/fully_connected.h"

namespace relcam {
namespace {

/// The Operation of a kernel that is a LinearMap with a clamped forward pass.
template <typename Kernel>
class LinearOperation final : public Operation {
 public:
  LinearOperation(const ConvolutionShape& shape, const WeightSource& weights,
                  const ThreadPool& pool)
      : kernel_(shape, weights, pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override {
    kernel_.forward(inputs[0], outputs[0], 1, clamp.low, clamp.high);
  }

  void forward_batch(ConstBuffers inputs, Buffers outputs, std::size_t count,
                     Clamp clamp) override {
    kernel_.forward(inputs[0], outputs[0], count, clamp.low, clamp.high);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    kernel_.adjoint({WeightPart::Kind::All}, arguments.output_gradients[0],
                    arguments.input_gradients[0], 1, Write::Assign);
  }

  LinearMap* linear() override { return &kernel_; }

 private:
  Kernel kernel_;
};

}  // namespace

std::unique_ptr<Operation> make_convolution(const ConvolutionShape& shape,
                                            const WeightSource& weights, const ThreadPool& pool) {
  if (shape.group_inputs == 1 && shape.group_outputs == 1) {
    return std::make_unique<LinearOperation<DepthwiseConvolution>>(shape, weights, pool);
  }
  if (FullyConnected::suits(shape)) {
    return std::make_unique<LinearOperation<FullyConnected>>(shape, weights, pool);
  }
  return std::make_unique<LinearOperation<Convolution>>(shape, weights, pool);
}

std::unique_ptr<Operation> make_matrix_product(std::size_t rows, std::size_t inputs,
                                               std::size_t outputs, const WeightSource& weights,
                                               const ThreadPool& pool) {
  const ConvolutionShape shape = {
      .input = {1, rows}, .output = {1, rows}, .group_inputs = inputs, .group_outputs = outputs};
  return make_convolution(shape, weights, pool);
}

}  // namespace relcam
