#include <string>

#include "ops/checks.h"
#include "ops/convolution_operation.h"
#include "ops/op.h"
#include "ops/spatial.h"

namespace relcam {
namespace {

/// Kernel positions times output pixels that a convolution may have: XNNPACK keeps a pointer each.
constexpr std::size_t kMaxPointers = std::size_t{1} << 27U;

Kind kind(const NodeView& view) { return view.constant(1) != nullptr ? Kind::Linear : Kind::Own; }

Extent2d kernel_extent(const NodeView& view) {
  return spatial_extent(view.input_shape(1), Layout::Plain);
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 2, 3);
  expect_outputs(view, 1);
  expect_floating(view, 0);
  require_images(view);
  const Shape& x = view.input_shape(0);
  const Shape& w = view.input_shape(1);
  const std::int64_t group = view.node.integer("group", 1);
  if (w.size() != 4 || checked_count(view, w) == 0) refuse(view, "its weights are " + to_string(w));
  if (group < 1 || group > x[1] || x[1] % group != 0 || w[1] != x[1] / group || w[0] % group != 0) {
    refuse(view, "weights " + to_string(w) + " in " + std::to_string(group) +
                     " groups do not fit the input " + to_string(x));
  }
  const Extent2d kernel = kernel_extent(view);
  const Extent2d declared = extent_attribute(view, "kernel_shape", kernel);
  if (declared.height != kernel.height || declared.width != kernel.width) {
    refuse(view, "attribute 'kernel_shape' disagrees with its weights " + to_string(w));
  }
  if (view.has_input(2) && view.input_shape(2) != Shape{w[0]}) {
    refuse(view, "its bias is " + to_string(view.input_shape(2)) + " for " + std::to_string(w[0]) +
                     " output channels");
  }
  const Extent2d output = resolve_window(view, spatial_extent(x, Layout::Plain), kernel, {}).output;
  Shape y = {x[0], w[0], static_cast<std::int64_t>(output.height),
             static_cast<std::int64_t>(output.width)};
  checked_count(view, y);
  if (output.area() > kMaxPointers / kernel.area()) {
    refuse(view, "its kernel and output " + to_string(y) + " are too large together");
  }
  return {{std::move(y)}};
}

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  const Constant* weights = view.constant(1);
  if (weights == nullptr || (view.has_input(2) && view.constant(2) == nullptr)) {
    refuse_unsupported(view, "weights that depend on the image are not supported");
  }
  const Shape& x = view.input_shape(0);
  const Shape& w = weights->shape();
  const auto resolved =
      resolve_window(view, spatial_extent(x, Layout::ChannelsLast), kernel_extent(view), {});
  const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
  const std::size_t groups = size(view.node.integer("group", 1));
  const ConvolutionShape shape = {.batch = size(x[0]),
                                  .input = spatial_extent(x, Layout::ChannelsLast),
                                  .output = resolved.output,
                                  .groups = groups,
                                  .group_inputs = size(w[1]),
                                  .group_outputs = size(w[0]) / groups,
                                  .window = resolved.window};
  const std::vector<float> bias =
      view.has_input(2) ? view.constant(2)->floats() : std::vector<float>();
  const WeightSource source = {.values = *weights, .bias = bias};
  return make_convolution(shape, source, pool);
}

}  // namespace

std::span<const Op> conv_ops() {
  static const Op kOps[] = {
      {.type = "Conv",
       .kind = kind,
       .layout = LayoutPolicy::Spatial,
       .infer = infer,
       .prepare = prepare,
       .decompose = [](Decomposition& to) { return decompose_signal(to, true); },
       .clamps = true}};
  return kOps;
}

}  // namespace relcam
