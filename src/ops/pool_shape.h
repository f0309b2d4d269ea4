#pragma once

#include "kernels/pooling.h"
#include "ops/spatial.h"

namespace relcam {

/// Output shape of a pool with a `kernel_shape`, every attribute checked.
std::vector<InferredValue> infer_pool(const NodeView& view);
/// Output shape of a pool over the whole image.
std::vector<InferredValue> infer_global_pool(const NodeView& view);

/// Geometry for the kernels, from physical shapes.
PoolShape pool_shape(const NodeView& view);
PoolShape global_pool_shape(const NodeView& view);

/// Pools of signals as pools of images.
inline bool decompose_pool(Decomposition& to) { return decompose_signal(to, false); }

inline bool pool_is_non_negative(const NodeView&, std::span<const bool> inputs) {
  return inputs[0];
}

}  // namespace relcam
