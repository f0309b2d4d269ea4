#include "ops/checks.h"
#include "ops/op.h"
#include "ops/pool_shape.h"

namespace relcam {
namespace {

class MaxPool final : public Operation {
 public:
  MaxPool(const PoolShape& shape, const ThreadPool& pool) : shape_(shape), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    max_pool(shape_, inputs[0], outputs[0], pool_);
  }

  void vjp(const VjpArguments& arguments) override {
    if (arguments.input_gradients[0].empty()) return;
    max_pool_vjp(shape_, arguments.inputs[0], arguments.output_gradients[0],
                 arguments.input_gradients[0], pool_);
  }

  void jvp(const JvpArguments& arguments) override {
    max_pool_jvp(shape_, arguments.inputs[0], arguments.input_tangents[0],
                 arguments.output_tangents[0], pool_);
  }

 private:
  PoolShape shape_;
  const ThreadPool& pool_;
};

Kind kind(const NodeView&) { return Kind::Winner; }

std::vector<InferredValue> infer(const NodeView& view) {
  if (view.node.outputs.size() > 1 && view.node.outputs[1] != kNoValue) {
    refuse_unsupported(view, "its second output (indices) is not supported");
  }
  return infer_pool(view);
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<MaxPool>(pool_shape(view), pool);
}

std::unique_ptr<Operation> prepare_global(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<MaxPool>(global_pool_shape(view), pool);
}

}  // namespace

std::span<const Op> max_pool_ops() {
  static const Op kOps[] = {{.type = "MaxPool",
                             .kind = kind,
                             .layout = LayoutPolicy::Spatial,
                             .infer = infer,
                             .prepare = prepare,
                             .decompose = decompose_pool,
                             .vjp_reads = {.inputs = true},
                             .non_negative = pool_is_non_negative},
                            {.type = "GlobalMaxPool",
                             .kind = kind,
                             .layout = LayoutPolicy::Spatial,
                             .infer = infer_global_pool,
                             .prepare = prepare_global,
                             .decompose = decompose_pool,
                             .vjp_reads = {.inputs = true},
                             .non_negative = pool_is_non_negative}};
  return kOps;
}

}  // namespace relcam
