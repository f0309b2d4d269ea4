#include "ops/pool_shape.h"

#include "ops/checks.h"
#include "ops/spatial.h"

namespace relcam {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

ResolvedWindow window_of(const NodeView& view, Extent2d input) {
  if (!view.node.has("kernel_shape")) {
    refuse(view, "attribute 'kernel_shape' is missing");
  }
  return resolve_window(view, input, extent_attribute(view, "kernel_shape", {}), {.pooling = true});
}

}  // namespace

std::vector<InferredValue> infer_pool(const NodeView& view) {
  expect_inputs(view, 1, 1);
  require_images(view);
  const Shape& x = view.input_shape(0);
  const Extent2d output = window_of(view, spatial_extent(x, Layout::Plain)).output;
  Shape y = {x[0], x[1], static_cast<std::int64_t>(output.height),
             static_cast<std::int64_t>(output.width)};
  return one_output(view, std::move(y), view.input(0).dtype);
}

std::vector<InferredValue> infer_global_pool(const NodeView& view) {
  expect_inputs(view, 1, 1);
  require_images(view);
  const Shape& x = view.input_shape(0);
  return one_output(view, {x[0], x[1], 1, 1}, view.input(0).dtype);
}

PoolShape pool_shape(const NodeView& view) {
  const Shape& x = view.input_shape(0);
  const Extent2d input = spatial_extent(x, Layout::ChannelsLast);
  const ResolvedWindow resolved = window_of(view, input);
  return {size(x[0]), size(x[3]), input, resolved.output, resolved.window};
}

PoolShape global_pool_shape(const NodeView& view) {
  const Shape& x = view.input_shape(0);
  const Extent2d input = spatial_extent(x, Layout::ChannelsLast);
  return {size(x[0]), size(x[3]), input, {1, 1}, {.kernel = input}};
}

}  // namespace relcam
