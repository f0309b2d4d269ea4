#pragma once

#include "ops/op.h"

/// Every op table of src/ops, one line each: `X(name)` stands for `std::span<const Op> name_ops()`
/// defined in src/ops/name.cpp. tests/ops checks that each has a test of the same name.
#define RELCAM_OPS(X) \
  X(activation) \
  X(arithmetic) \
  X(average_pool) \
  X(batch_normalization) \
  X(cast) \
  X(comparison) \
  X(concat) \
  X(conv) \
  X(conv_transpose) \
  X(cum_sum) \
  X(depth_to_space) \
  X(einsum) \
  X(expand) \
  X(gather) \
  X(gemm) \
  X(generators) \
  X(global_average_pool) \
  X(identity) \
  X(instance_normalization) \
  X(layer_normalization) \
  X(local_response_normalization) \
  X(lp_pool) \
  X(matmul) \
  X(max_pool) \
  X(mod) \
  X(non_zero) \
  X(pad) \
  X(quantize) \
  X(quantized) \
  X(ranking) \
  X(reduce) \
  X(reduce_norm) \
  X(reshape) \
  X(resize) \
  X(scatter_nd) \
  X(select) \
  X(shape) \
  X(slice) \
  X(softmax) \
  X(split) \
  X(sum) \
  X(transpose) \
  X(where)

namespace relcam {

#define RELCAM_DECLARE_OPS(name) std::span<const Op> name##_ops();
RELCAM_OPS(RELCAM_DECLARE_OPS)
#undef RELCAM_DECLARE_OPS

}  // namespace relcam
