#include "session/describe.h"

#include <algorithm>

#include "session/layers.h"
#include "session/stages.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

std::vector<TensorInfo> tensors(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<TensorInfo> result;
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    result.push_back({value.name, onnx_shape(value), std::string(to_string(value.dtype))});
  }
  return result;
}

std::int64_t count(const Value& value) {
  return static_cast<std::int64_t>(element_count(value.shape.value_or(Shape{})));
}

std::int64_t parameters_of(const Program& program, const Node& node) {
  std::int64_t sum = 0;
  for (const ValueId input : node.inputs) {
    if (input == kNoValue || program.is_live(input)) continue;
    const Value& value = program.graph().value(input);
    if (value.shape && value.dtype != DType::Int64) sum += count(value);
  }
  return sum;
}

std::optional<TokenInfo> tokens_of(const Graph& graph, ValueId value) {
  const auto grid = graph.token_grids.find(value);
  if (grid == graph.token_grids.end() || !raster_of(graph, value)) return {};
  return TokenInfo{.prefix = static_cast<std::int32_t>(grid->second.prefix),
                   .rows = static_cast<std::int32_t>(grid->second.rows),
                   .columns = static_cast<std::int32_t>(grid->second.columns)};
}

bool is_attention(const Graph& graph, const std::vector<Attention>& attention, ValueId value) {
  return std::ranges::find(attention, value, &Attention::weights) != attention.end() &&
         is_of_all_tokens(*graph.value(value).shape);
}

}  // namespace

/// Every output element of a linear operator is one product with the weights of its output channel.
std::int64_t macs_of(const Program& program, const Node& node) {
  const Value& output = program.graph().value(node.outputs.front());
  const bool convolution = node.op_type == "Conv";
  const bool product = node.op_type == "Gemm" || node.op_type == "MatMul";
  if ((!convolution && !product) || node.inputs.size() < 2) return 0;
  const Value& weights = program.graph().value(node.inputs[1]);
  if (!weights.shape || weights.shape->size() < 2 || program.is_live(node.inputs[1])) return 0;
  const std::int64_t channels = convolution ? weights.shape->front() : output.shape->back();
  return channels == 0 ? 0 : count(output) * (count(weights) / channels);
}

ModelInfo describe(const Program& program, ValueId logits,
                   const std::vector<Attention>& attention) {
  const Graph& graph = program.graph();
  ModelInfo info{.name = graph.name,
                 .opset = graph.opset,
                 .inputs = tensors(graph, graph.inputs),
                 .outputs = tensors(graph, graph.outputs),
                 .logits = graph.value(logits).name,
                 .classes = program.value_size(logits),
                 .layers = {},
                 .batch_norms = graph.batch_norms,
                 .metadata = graph.metadata};
  const std::vector<ValueId> stages = find_stages(program, logits);
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const ValueId output = node.outputs.front();
    const Value& value = graph.value(output);
    if (value.name.empty()) continue;
    info.layers.push_back({.name = value.name,
                           .op_type = node.op_type,
                           .shape = onnx_shape(value),
                           .macs = macs_of(program, node),
                           .parameters = parameters_of(program, node),
                           .spatial = raster_of(graph, output).has_value(),
                           .stage = std::ranges::find(stages, output) != stages.end(),
                           .attention = is_attention(graph, attention, output),
                           .tokens = tokens_of(graph, output)});
  }
  return info;
}

}  // namespace relcam
