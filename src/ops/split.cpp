#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

std::size_t axis_of(const NodeView& view) {
  return checked_axis(view, view.node.integer("axis", 0), view.input_shape(0).size());
}

/// Equal parts; since opset 18 the last may be smaller.
std::vector<std::int64_t> equal_parts(const NodeView& view, std::int64_t extent) {
  const auto count = static_cast<std::int64_t>(view.node.outputs.size());
  if (view.node.integer("num_outputs", count) != count) {
    refuse(view, "its attribute 'num_outputs' differs from the " + std::to_string(count) +
                     " outputs that it has");
  }
  const std::int64_t part = (extent + count - 1) / count;
  const std::int64_t last = extent - part * (count - 1);
  if (last < 0 || (view.graph.opset < 18 && last != part)) {
    refuse(view, "it cannot divide an axis of " + std::to_string(extent) + " into " +
                     std::to_string(count) + " equal parts");
  }
  std::vector<std::int64_t> parts(view.node.outputs.size(), part);
  parts.back() = last;
  return parts;
}

std::vector<std::int64_t> parts_of(const NodeView& view) {
  const std::int64_t extent = view.input_shape(0)[axis_of(view)];
  const bool given = view.graph.opset >= 13 ? view.has_input(1) : view.node.has("split");
  if (!given) return equal_parts(view, extent);
  std::vector<std::int64_t> parts = attribute_or_input(view, "split", 13, 1, {});
  std::int64_t left = extent;
  for (const std::int64_t part : parts) {
    if (part < 0 || part > left) refuse(view, "its parts do not fit into the axis");
    left -= part;
  }
  if (left != 0 || parts.size() != view.node.outputs.size()) {
    refuse(view, "its " + std::to_string(parts.size()) + " parts do not make up the axis of " +
                     std::to_string(extent) + " for " + std::to_string(view.node.outputs.size()) +
                     " outputs");
  }
  return parts;
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, view.graph.opset >= 13 ? 2 : 1);
  if (view.node.outputs.empty()) refuse(view, "it has no outputs");
  std::vector<InferredValue> outputs;
  for (const std::int64_t part : parts_of(view)) {
    Shape shape = view.input_shape(0);
    shape[axis_of(view)] = part;
    outputs.push_back({std::move(shape), view.input(0).dtype});
  }
  return outputs;
}

/// One map per output: from its elements to those of the input.
std::vector<IndexMap> maps_of(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const std::size_t axis = axis_of(view);
  const std::vector<std::int64_t> strides = row_major_strides(input);
  std::vector<IndexMap> maps;
  std::int64_t begin = 0;
  for (const std::int64_t part : parts_of(view)) {
    std::vector<IndexMap::Axis> axes;
    for (std::size_t d = 0; d < input.size(); ++d) {
      axes.push_back({.count = d == axis ? part : input[d], .stride = strides[d]});
    }
    maps.emplace_back(std::move(axes), begin * strides[axis]);
    begin += part;
  }
  return maps;
}

std::vector<Constant> fold(const NodeView& view) {
  const std::vector<IndexMap> maps = maps_of(view);
  const std::vector<InferredValue> outputs = infer(view);
  std::vector<Constant> parts;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    parts.push_back(gathered(*view.constant(0), maps[i], outputs[i].shape));
  }
  return parts;
}

class SplitOperation : public Operation {
 public:
  SplitOperation(const NodeView& view, const ThreadPool& pool)
      : maps_(maps_of(view)), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      if (!outputs[i].empty()) maps_[i].gather(inputs[0], outputs[i], 0.0F, pool_);
    }
  }

  /// An output that nothing reads has no gradient.
  void vjp(const VjpArguments& arguments) override {
    const std::span<float> dx = arguments.input_gradients[0];
    if (dx.empty()) return;
    std::ranges::fill(dx, 0.0F);
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      const std::span<const float> dy = arguments.output_gradients[i];
      if (!dy.empty()) maps_[i].scatter(dy, dx, pool_);
    }
  }

 private:
  std::vector<IndexMap> maps_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<SplitOperation>(view, pool);
}

}  // namespace

std::span<const Op> split_ops() {
  static const std::array ops = {
      Op{.type = "Split",
         .kind = route_kind,
         .layout = LayoutPolicy::Follow,
         .infer = infer,
         .permute_axes = [](Graph& graph, Node& node) { permute_axis_attribute(graph, node, 0); },
         .fold = fold,
         .prepare = prepare,
         .non_negative = route_is_non_negative}};
  return ops;
}

}  // namespace relcam
