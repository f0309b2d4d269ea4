#include "ops/linear_operation.h"

#include <utility>

namespace relcam {

LinearOperation::LinearOperation(std::unique_ptr<LinearMap> map) : map_(std::move(map)) {}

void LinearOperation::forward(ConstBuffers inputs, Buffers outputs, Clamp) {
  map_->apply({}, inputs[0], outputs[0], Write::Assign);
}

void LinearOperation::vjp(const VjpArguments& arguments) {
  if (arguments.input_gradients[0].empty()) return;
  map_->adjoint({}, arguments.output_gradients[0], arguments.input_gradients[0], 1, Write::Assign);
}

}  // namespace relcam
