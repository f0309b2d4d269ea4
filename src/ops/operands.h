#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ops/op.h"

namespace relcam {

/// A prepared node's inputs where some are constants, whose values it keeps, and the others live.
class Operands {
 public:
  explicit Operands(const NodeView& view);

  std::size_t size() const { return constants_.size(); }
  /// One more operand, which the node does not have.
  void append(float constant) { constants_.push_back({constant}); }
  /// Operand `i` of a run whose live inputs are `inputs`.
  std::span<const float> get(ConstBuffers inputs, std::size_t i) const;

 private:
  std::vector<std::vector<float>> constants_;  ///< empty for live ones
};

}  // namespace relcam
