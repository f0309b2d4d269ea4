#include "canonizers/evaluate.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/buffer.h"
#include "base/error.h"
#include "canonizers/channels_last.h"

namespace relcam {
namespace {

std::size_t first_floating_input(const NodeView& view) {
  for (std::size_t i = 0; i < view.input_count(); ++i) {
    if (view.has_input(i) && is_floating(view.input(i).dtype)) return i;
  }
  throw Error(ErrorCode::UnsupportedOperator,
              view.where() + " cannot be evaluated on integer constants", view.node.name);
}

void make_channels_last(Value& value) {
  if (value.shape->size() != 4) return;
  value.shape = permuted(*value.shape, kToChannelsLast);
  value.layout = Layout::ChannelsLast;
}

/// A graph of one node whose input `data_input` has become a run-time input.
Graph lone_node(const NodeView& view, std::size_t data_input,
                const std::vector<InferredValue>& outputs, bool is_spatial) {
  Graph graph;
  graph.opset = view.graph.opset;
  Node node = view.node;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    Value value = view.input(i);
    if (i == data_input) {
      value.constant.reset();
      if (is_spatial) make_channels_last(value);
    }
    node.inputs[i] = graph.add_value(std::move(value));
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    Value value;
    value.shape = outputs[i].shape;
    value.dtype = outputs[i].dtype;
    if (is_spatial) make_channels_last(value);
    node.outputs[i] = graph.add_value(std::move(value));
  }
  graph.nodes.push_back(std::move(node));
  return graph;
}

Buffer data_buffer(const Constant& constant, Layout layout) {
  const std::vector<float> data = layout == Layout::ChannelsLast
                                      ? permuted(constant, kToChannelsLast).floats()
                                      : constant.floats();
  Buffer buffer(data.size());
  std::ranges::copy(data, buffer.floats().begin());
  return buffer;
}

Constant to_constant(const Buffer& buffer, const Value& value) {
  Constant physical = Constant::from_floats(
      *value.shape, std::vector<float>(buffer.floats().begin(), buffer.floats().end()));
  return value.layout == Layout::ChannelsLast ? permuted(physical, kToChannelsFirst) : physical;
}

std::vector<Constant> run(const Op& op, const NodeView& original,
                          const std::vector<InferredValue>& outputs, const ThreadPool& pool) {
  const std::size_t data_input = first_floating_input(original);
  const Graph graph = lone_node(original, data_input, outputs, op.layout == LayoutPolicy::Spatial);
  const NodeView view{graph, graph.nodes.front()};
  const std::unique_ptr<Operation> operation = op.prepare(view, pool);

  const Buffer data = data_buffer(*original.constant(data_input), view.input(data_input).layout);
  std::vector<std::span<const float>> inputs(view.input_count());
  inputs[data_input] = data.floats();
  std::vector<Buffer> buffers;
  std::vector<std::span<float>> spans;
  for (std::size_t i = 0; i < view.node.outputs.size(); ++i) {
    buffers.emplace_back(element_count(view.output_shape(i)));
    spans.push_back(buffers.back().floats());
  }
  operation->forward(inputs, spans, {});

  std::vector<Constant> results;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    results.push_back(to_constant(buffers[i], view.output(i)));
  }
  return results;
}

}  // namespace

std::vector<Constant> evaluate(const Op& op, const NodeView& view,
                               const std::vector<InferredValue>& outputs, const ThreadPool& pool) {
  if (op.fold != nullptr) return op.fold(view);
  return run(op, view, outputs, pool);
}

}  // namespace relcam
