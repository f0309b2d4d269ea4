#include "ops/binary_operation.h"

#include <algorithm>
#include <array>

#include "ops/operands.h"

namespace relcam {
namespace {

class BinaryOperation : public Operation {
 public:
  BinaryOperation(const Binary& function, const NodeView& view, const ThreadPool& pool)
      : function_(function),
        operands_(view),
        walk_(view.output_shape(0), std::array{view.input_shape(0), view.input_shape(1)}),
        pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    apply_binary(function_.forward, walk_, operands_.get(inputs, 0), operands_.get(inputs, 1),
                 outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    const std::array derivatives = {function_.derivative_a, function_.derivative_b};
    for (std::size_t i = 0; i < derivatives.size(); ++i) {
      if (arguments.input_gradients[i].empty()) continue;
      apply_binary_gradient(derivatives[i], walk_, i, operands_.get(arguments.inputs, 0),
                            operands_.get(arguments.inputs, 1), arguments.output_gradients[0],
                            arguments.input_gradients[i], pool_);
    }
  }

  void jvp(const JvpArguments& arguments) override {
    const std::array derivatives = {function_.derivative_a, function_.derivative_b};
    const std::span<float> tangent = arguments.output_tangents[0];
    std::ranges::fill(tangent, 0.0F);
    for (std::size_t i = 0; i < derivatives.size(); ++i) {
      if (arguments.input_tangents[i].empty()) continue;
      add_binary_tangent(derivatives[i], walk_, i, operands_.get(arguments.inputs, 0),
                         operands_.get(arguments.inputs, 1), arguments.input_tangents[i], tangent,
                         pool_);
    }
  }

 private:
  const Binary& function_;
  Operands operands_;
  BroadcastWalk walk_;
  const ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<Operation> prepare_binary(const Binary& function, const NodeView& view,
                                          const ThreadPool& pool) {
  return std::make_unique<BinaryOperation>(function, view, pool);
}

}  // namespace relcam
