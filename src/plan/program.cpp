#include "plan/program.h"

#include "base/error.h"

namespace relcam {

Program::Program(Graph graph, const ThreadPool& pool) : pool_(&pool), graph_(std::move(graph)) {
  producers_ = producers_of(graph_);
  consumers_ = consumers_of(graph_);
  mark_live();
  prepare();
}

std::size_t Program::value_size(ValueId value) const {
  const auto& shape = graph_.value(value).shape;
  if (!shape) {
    throw Error(ErrorCode::Internal, "the shape of '" + graph_.value(value).name + "' is unknown");
  }
  return element_count(*shape);
}

void Program::mark_live() {
  live_.assign(graph_.values.size(), false);
  for (const ValueId input : graph_.inputs) live_[static_cast<std::size_t>(input)] = true;
  for (const Node& node : graph_.nodes) {
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) live_[static_cast<std::size_t>(output)] = true;
    }
  }
}

void Program::prepare() {
  std::vector<std::size_t> readers(graph_.values.size(), 0);
  for (std::size_t i = 0; i < readers.size(); ++i) readers[i] = consumers_[i].size();

  non_negative_.assign(graph_.values.size(), false);
  nodes_.resize(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    for (const ValueId input : graph_.nodes[i].inputs) {
      if (input == kNoValue || readers[static_cast<std::size_t>(input)] != 1) continue;
      if (auto& constant = graph_.value(input).constant) constant->expire();
    }
    const NodeView node = view(i);
    const Op* op = find_op(node.node.op_type, node.node.domain);
    if (op == nullptr || op->prepare == nullptr) {
      throw Error(ErrorCode::UnsupportedOperator, node.where() + ": the operator is not supported",
                  node.node.name);
    }
    nodes_[i] = {op, op->kind(node), op->prepare(node, *pool_), {}};
    if (op->as_clamp != nullptr) nodes_[i].clamp = op->as_clamp(node);
    track_sign(i);
    for (const ValueId input : node.node.inputs) {
      if (input == kNoValue || is_live(input)) continue;
      if (--readers[static_cast<std::size_t>(input)] == 0) release_constant(input);
    }
  }
}

void Program::release_constant(ValueId id) {
  Value& value = graph_.value(id);
  if (value.constant) value.shape = value.constant->shape();
  value.constant.reset();
}

void Program::track_sign(std::size_t index) {
  const Op& op = *nodes_[index].op;
  if (op.non_negative == nullptr) return;
  const Node& node = graph_.nodes[index];
  // std::vector<bool> is no span of bool.
  const auto flags = std::make_unique<bool[]>(node.inputs.size());
  std::size_t count = 0;
  for (const ValueId input : node.inputs) {
    if (input == kNoValue || !is_live(input)) continue;
    flags[count++] = is_non_negative(input);
  }
  if (!op.non_negative(view(index), {flags.get(), count})) return;
  for (const ValueId output : node.outputs) {
    if (output != kNoValue) non_negative_[static_cast<std::size_t>(output)] = true;
  }
}

}  // namespace relcam
