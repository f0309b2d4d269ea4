#include "kernels/pooling.h"
#include "ops/linear_operation.h"
#include "ops/op.h"
#include "ops/pool_shape.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Pool; }

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<LinearOperation>(
      std::make_unique<AveragePooling>(global_pool_shape(view), false, pool));
}

}  // namespace

std::span<const Op> global_average_pool_ops() {
  static const Op kOps[] = {{.type = "GlobalAveragePool",
                             .kind = kind,
                             .layout = LayoutPolicy::Spatial,
                             .infer = infer_global_pool,
                             .prepare = prepare,
                             .decompose = decompose_pool,
                             .non_negative = pool_is_non_negative}};
  return kOps;
}

}  // namespace relcam
