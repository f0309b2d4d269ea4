#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "ops/broadcasting.h"
#include "ops/checks.h"
#include "ops/operands.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

std::size_t axis_of(const NodeView& view) {
  if (!view.node.has("axis")) refuse(view, "its attribute 'axis' is missing");
  return checked_axis(view, view.node.integer("axis", 0), view.input_shape(0).size());
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, std::max<std::size_t>(1, view.input_count()), view.input_count() + 1);
  const std::size_t axis = axis_of(view);
  Shape output = view.input_shape(0);
  output[axis] = 0;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    Shape part = view.input_shape(i);
    if (part.size() != output.size()) {
      refuse(view, "it joins shapes of different rank: " + to_string(view.input_shape(0)) +
                       " and " + to_string(part));
    }
    const std::int64_t extent = std::exchange(part[axis], output[axis]);
    if (part != output) {
      refuse(view, "it joins " + to_string(view.input_shape(0)) + " and " +
                       to_string(view.input_shape(i)) + ", which differ beside axis " +
                       std::to_string(axis));
    }
    output[axis] += extent;
    checked_count(view, output);
  }
  return one_output(view, std::move(output), view.input(0).dtype);
}

/// One map per input: from its elements to those of the output.
std::vector<IndexMap> maps_of(const NodeView& view, const Shape& output) {
  const std::size_t axis = axis_of(view);
  const std::vector<std::int64_t> strides = row_major_strides(output);
  std::vector<IndexMap> maps;
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    const Shape& input = view.input_shape(i);
    std::vector<IndexMap::Axis> axes;
    for (std::size_t d = 0; d < input.size(); ++d) {
      axes.push_back({.count = input[d], .stride = strides[d]});
    }
    maps.emplace_back(std::move(axes), begin * strides[axis]);
    begin += input[axis];
  }
  return maps;
}

/// Parts folded in float32 or int64 may meet initialisers of narrower types.
Constant widened(const Constant& part) {
  if (is_floating(part.dtype())) return Constant::from_floats(part.shape(), part.floats());
  return Constant::from_ints(part.shape(), part.ints());
}

std::vector<Constant> fold(const NodeView& view) {
  std::vector<Constant> parts;
  for (std::size_t i = 0; i < view.input_count(); ++i) parts.push_back(*view.constant(i));
  const DType first = parts.front().dtype();
  const bool alike =
      std::ranges::all_of(parts, [first](const Constant& part) { return part.dtype() == first; });
  if (!alike) std::ranges::transform(parts, parts.begin(), widened);

  const Shape output = infer(view).front().shape;
  const std::size_t element_size = size_of(parts.front().dtype());
  std::vector<std::byte> bytes(element_count(output) * element_size);
  const std::vector<IndexMap> maps = maps_of(view, output);
  for (std::size_t i = 0; i < maps.size(); ++i) {
    maps[i].scatter_bytes(parts[i].bytes(), bytes, element_size);
  }
  return {from_bytes(parts.front().dtype(), output, std::move(bytes))};
}

class ConcatOperation : public Operation {
 public:
  ConcatOperation(const NodeView& view, const ThreadPool& pool)
      : maps_(maps_of(view, view.output_shape(0))), operands_(view), pool_(pool) {}

  void forward(ConstBuffers inputs, Buffers outputs, Clamp) override {
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      maps_[i].scatter(operands_.get(inputs, i), outputs[0], pool_);
    }
  }

  void vjp(const VjpArguments& arguments) override {
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      if (arguments.input_gradients[i].empty()) continue;
      maps_[i].gather(arguments.output_gradients[0], arguments.input_gradients[i], 0.0F, pool_);
    }
  }

 private:
  std::vector<IndexMap> maps_;
  Operands operands_;
  const ThreadPool& pool_;
};

std::unique_ptr<Operation> prepare(const NodeView& view, const ThreadPool& pool) {
  return std::make_unique<ConcatOperation>(view, pool);
}

void permute_constants(Graph& graph, Node& node) {
  for (ValueId& input : node.inputs) {
    if (!graph.value(input).constant) continue;
    const Constant constant = *graph.value(input).constant;
    const Shape& nchw = constant.shape();
    const std::vector<std::int64_t> strides = row_major_strides(nchw);
    const IndexMap map({{.count = nchw[0], .stride = strides[0]},
                        {.count = nchw[2], .stride = strides[2]},
                        {.count = nchw[3], .stride = strides[3]},
                        {.count = nchw[1], .stride = strides[1]}});
    Value value;
    value.shape = Shape{nchw[0], nchw[2], nchw[3], nchw[1]};
    value.dtype = constant.dtype();
    value.constant = gathered(constant, map, *value.shape);
    input = graph.add_value(std::move(value));
  }
}

void permute_axes(Graph& graph, Node& node) {
  permute_axis_attribute(graph, node, 0);
  permute_constants(graph, node);
}

}  // namespace

std::span<const Op> concat_ops() {
  static const std::array ops = {Op{.type = "Concat",
                                    .kind = route_kind,
                                    .layout = LayoutPolicy::Follow,
                                    .infer = infer,
                                    .permute_axes = permute_axes,
                                    .fold = fold,
                                    .prepare = prepare,
                                    .non_negative = operands_are_non_negative}};
  return ops;
}

}  // namespace relcam
