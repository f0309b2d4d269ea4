#pragma once

#include <span>

#include "kernels/thread_pool.h"
#include "rules/linear_share.h"

namespace relcam {

/// Makes z ready for `divide`, which gives no share where z stays exactly 0.
void stabilize(const Stabilizer& stabilizer, std::span<float> z, const ThreadPool& pool);

/// What `stabilize` added to make `z`.
double stabilizer_part(const Stabilizer& stabilizer, float z);

}  // namespace relcam
