#pragma once

#include <memory>

#include "ops/operation.h"

namespace relcam {

/// The Operation of a linear map of its one live input: y = W x, without bias and clamp unless a
/// derived class adds them.
class LinearOperation : public Operation {
 public:
  explicit LinearOperation(std::unique_ptr<LinearMap> map);

  void forward(ConstBuffers inputs, Buffers outputs, Clamp clamp) override;
  void vjp(const VjpArguments& arguments) override;
  LinearMap* linear() override { return map_.get(); }

 private:
  std::unique_ptr<LinearMap> map_;
};

}  // namespace relcam
