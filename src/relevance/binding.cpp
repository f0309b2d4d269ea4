#include "relevance/binding.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/error.h"

namespace relcam {

namespace {

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

NodeFacts facts_of(const Program& program, std::size_t index) {
  const Node& node = program.node(index);
  NodeFacts facts{.op_type = node.op_type, .name = node.name, .kind = program.prepared(index).kind};
  if (node.inputs.empty() || node.inputs.front() == kNoValue) return facts;
  const ValueId input = node.inputs.front();
  facts.reads_model_input =
      std::ranges::find(program.graph().inputs, input) != program.graph().inputs.end();
  const auto& shape = program.graph().value(input).shape;
  if (shape && !shape->empty()) facts.input_channels = shape->back();
  return facts;
}

/// "no rule of 'x' covers: Softmax (2 nodes, first '/a/softmax'), ..."
[[noreturn]] void refuse(const Program& program, const std::vector<std::size_t>& uncovered,
                         std::string_view composite) {
  std::map<std::string, std::pair<std::size_t, std::string>> by_type;
  for (const std::size_t index : uncovered) {
    const Node& node = program.node(index);
    auto& entry = by_type.try_emplace(node.op_type, 0U, node.name).first->second;
    ++entry.first;
  }
  std::string list;
  for (const auto& [type, entry] : by_type) {
    if (!list.empty()) list += ", ";
    list += type + " (" + std::to_string(entry.first) +
            (entry.first == 1 ? " node, '" : " nodes, first '") + entry.second + "')";
  }
  throw Error(ErrorCode::UncoveredNode,
              "no rule of the composite '" + std::string(composite) + "' covers: " + list,
              program.node(uncovered.front()).name);
}

}  // namespace

Binding::Binding(const Program& program, Composite composite, ValueId start,
                 std::vector<ValueId> layers)
    : program_(&program),
      composite_(std::move(composite)),
      start_(start),
      layers_(std::move(layers)) {
  bind(find_reached());
  check_layers_reached();
}

/// Values that depend on an asked-for layer: relevance has to travel through these only.
std::vector<char> Binding::find_reached() const {
  std::vector<char> reached(program_->graph().values.size(), 0);
  for (const ValueId layer : layers_) reached[at(layer)] = 1;
  for (std::size_t i = 0; i < program_->size(); ++i) {
    const Node& node = program_->node(i);
    const bool depends = std::ranges::any_of(
        node.inputs, [&](ValueId input) { return input != kNoValue && reached[at(input)] != 0; });
    if (!depends) continue;
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) reached[at(output)] = 1;
    }
  }
  return reached;
}

BoundNode Binding::bound_node(std::size_t index, const std::vector<char>& reached) const {
  const Node& node = program_->node(index);
  const PreparedNode& prepared = program_->prepared(index);
  const NodeFacts facts = facts_of(*program_, index);
  BoundNode bound{.node = index, .rule = choose_rule(composite_, facts)};
  bound.reads_model_input = facts.reads_model_input;
  if (bound.rule == nullptr) return bound;
  bound.reads = bound.rule->reads(prepared.op->vjp_reads);
  bound.output_size = program_->value_size(node.outputs.front());
  for (const ValueId input : node.inputs) {
    const bool live = input != kNoValue && program_->is_live(input);
    bound.wanted.push_back(live && reached[at(input)] != 0 ? 1 : 0);
    const bool real = live && is_floating(program_->graph().value(input).dtype);
    bound.carries.push_back(real || bound.wanted.back() != 0 ? 1 : 0);
    bound.non_negative.push_back(live && program_->is_non_negative(input) ? 1 : 0);
    bound.input_sizes.push_back(live ? program_->value_size(input) : 0);
  }
  return bound;
}

void Binding::bind(const std::vector<char>& reached) {
  std::vector<char> carries(program_->graph().values.size(), 0);
  carries[at(start_)] = 1;
  std::vector<std::size_t> uncovered;
  for (std::size_t i = program_->size(); i-- > 0;) {
    const Node& node = program_->node(i);
    const bool receives = std::ranges::any_of(node.outputs, [&](ValueId output) {
      return output != kNoValue && carries[at(output)] != 0;
    });
    const bool sends = std::ranges::any_of(
        node.inputs, [&](ValueId input) { return input != kNoValue && reached[at(input)] != 0; });
    if (!receives || !sends) continue;
    BoundNode bound = bound_node(i, reached);
    if (bound.rule == nullptr) uncovered.push_back(i);
    for (const ValueId input : node.inputs) {
      if (input != kNoValue && reached[at(input)] != 0) carries[at(input)] = 1;
    }
    nodes_.push_back(std::move(bound));
  }
  if (!uncovered.empty()) {
    std::ranges::reverse(uncovered);
    refuse(*program_, uncovered, composite_.name);
  }
}

void Binding::check_layers_reached() const {
  for (const ValueId layer : layers_) {
    if (layer == start_) continue;
    const bool served = std::ranges::any_of(nodes_, [&](const BoundNode& bound) {
      return std::ranges::find(program_->node(bound.node).inputs, layer) !=
             program_->node(bound.node).inputs.end();
    });
    if (served) continue;
    const std::string& name = program_->graph().value(layer).name;
    throw Error(ErrorCode::UnknownLayer,
                "the class scores do not depend on the layer '" + name + "'", name);
  }
}

void Binding::mark_reads(std::vector<bool>& kept) const {
  for (const BoundNode& bound : nodes_) {
    const Node& node = program_->node(bound.node);
    const auto mark = [&](const std::vector<ValueId>& values) {
      for (const ValueId value : values) {
        if (value != kNoValue && program_->is_live(value)) kept[at(value)] = true;
      }
    };
    if (bound.reads.inputs || bound.reads.bounds) mark(node.inputs);
    if (bound.reads.outputs) mark(node.outputs);
  }
}

}  // namespace relcam
