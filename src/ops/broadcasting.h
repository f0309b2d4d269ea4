#pragma once

#include <cstddef>
#include <vector>

#include "ops/op.h"

/// What the broadcasting operators (Add, Mul, Max, ...) share.
namespace relcam {

/// Broadcast shape and type of a node's inputs, all floating or none.
std::vector<InferredValue> infer_broadcast(const NodeView& view);

/// A live operand of another rank than 4 would meet the wrong axes of channels-last ones.
bool broadcast_follows(const NodeView& view);

/// Whether no element of a constant input is negative.
bool constant_is_non_negative(const NodeView& view, std::size_t input);

/// Whether all operands, live or constant, are known not to be negative. `live` holds one flag for
/// each live input.
bool operands_are_non_negative(const NodeView& view, std::span<const bool> live);
/// The same of the operands from `first` on.
bool operands_are_non_negative(const NodeView& view, std::span<const bool> live, std::size_t first);

}  // namespace relcam
