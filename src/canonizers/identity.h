#pragma once

#include "ops/op.h"

namespace relcam {

/// Whether the node's first output always equals its first input, element by element and in shape.
/// Shapes are ONNX ones and known.
bool is_identity(const NodeView& view);

}  // namespace relcam
