#pragma once

#include <memory>

#include "kernels/elementwise.h"
#include "ops/op.h"

namespace relcam {

/// An operation that applies `function`, which must outlive it, to two operands that broadcasting
/// stretches to the output's shape; either may be constant.
std::unique_ptr<Operation> prepare_binary(const Binary& function, const NodeView& view,
                                          const ThreadPool& pool);

}  // namespace relcam
