#include "kernels/pooling.h"
#include "ops/linear_operation.h"
#include "ops/op.h"
#include "ops/pool_shape.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Pool; }

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  const bool counts_padding = view.node.integer("count_include_pad", 0) != 0;
  return std::make_unique<LinearOperation>(
      std::make_unique<AveragePooling>(pool_shape(view), counts_padding, pool));
}

}  // namespace

std::span<const Op> average_pool_ops() {
  static const Op kOps[] = {{.type = "AveragePool",
                             .kind = kind,
                             .layout = LayoutPolicy::Spatial,
                             .infer = infer_pool,
                             .prepare = prepare,
                             .decompose = decompose_pool,
                             .non_negative = pool_is_non_negative}};
  return kOps;
}

}  // namespace relcam
