#pragma once

#include <memory>

#include "ops/op.h"

namespace relcam {

/// numpy.matmul of any two operands, batches broadcast; a constant one is kept as it is. For one
/// constant matrix on the right make_matrix_product is faster. Shapes have been checked.
std::unique_ptr<Operation> make_batch_product(const NodeView& view, const ThreadPool& pool);

}  // namespace relcam
