#pragma once

#include <cstddef>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"
#include "kernels/weight_panels.h"

namespace relcam {

/// Rows up to which reading the weights, not multiplying, takes the time: then they are streamed
/// once, in the order they lie in memory.
inline constexpr std::size_t kStreamedRows = 4;

/// z (+)= part(W) x for 1 to kStreamedRows rows; weights of one tap.
void stream_apply(const WeightPanels& panels, WeightPart part, std::size_t rows, const float* x,
                  float* z, Write write, const ThreadPool& pool);

/// r (+)= part(W)^T s, likewise.
void stream_adjoint(const WeightPanels& panels, WeightPart part, std::size_t rows, const float* s,
                    float* r, Write write, const ThreadPool& pool);

}  // namespace relcam
