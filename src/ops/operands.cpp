#include "ops/operands.h"

namespace relcam {

Operands::Operands(const NodeView& view) {
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    const Constant* constant = view.constant(i);
    constants_.push_back(constant == nullptr ? std::vector<float>() : constant->floats());
  }
}

std::span<const float> Operands::get(ConstBuffers inputs, std::size_t i) const {
  return constants_[i].empty() ? inputs[i] : std::span<const float>(constants_[i]);
}

}  // namespace relcam
