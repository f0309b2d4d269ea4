#pragma once

#include "graph/graph.h"

namespace relcam {

/// A live value that is quantised and read back with the same scale and zero point becomes one
/// FakeQuantize node, so that layers hold real values. The quantised tensor's name becomes an alias
/// of that value. Shapes are ONNX ones.
void merge_fake_quantize(Graph& graph);

}  // namespace relcam
