#pragma once

#include "kernels/pooling.h"
#include "ops/operation.h"

namespace relcam {

/// The Operation of every average over a window.
class AveragePoolOperation final : public Operation {
 public:
  AveragePoolOperation(const PoolShape& shape, bool counts_padding, const ThreadPool& pool)
      : pooling_(shape, counts_padding, pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    pooling_.apply({WeightPart::Kind::All}, inputs[0], outputs[0], Write::Assign);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    pooling_.adjoint({WeightPart::Kind::All}, arguments.output_gradients[0],
                     arguments.input_gradients[0], 1, Write::Assign);
  }

  LinearMap* linear() override { return &pooling_; }

 private:
  AveragePooling pooling_;
};

}  // namespace relcam
