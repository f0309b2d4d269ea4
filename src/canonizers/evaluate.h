#pragma once

#include <vector>

#include "base/constant.h"
#include "kernels/thread_pool.h"
#include "ops/op.h"

namespace relcam {

/// The outputs of a node whose inputs are constants (or whose op folds from shapes): by Op::fold,
/// else by running the operator in float32 with its first floating input as data. `outputs` are
/// the inferred ones, in ONNX shapes.
std::vector<Constant> evaluate(const Op& op, const NodeView& view,
                               const std::vector<InferredValue>& outputs, const ThreadPool& pool);

}  // namespace relcam
