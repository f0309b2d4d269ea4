#include "relevance/binding.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/error.h"

namespace relcam {

namespace {

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

bool is_linear(const Program& program, std::size_t index) {
  return program.prepared(index).kind == Kind::Linear;
}

/// Per value: it depends on a linear node.
std::vector<char> find_below_linear(const Program& program) {
  std::vector<char> below(program.graph().values.size(), 0);
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const bool depends =
        is_linear(program, i) || std::ranges::any_of(node.inputs, [&](ValueId input) {
          return input != kNoValue && below[at(input)] != 0;
        });
    for (const ValueId output : node.outputs) {
      if (output != kNoValue && depends) below[at(output)] = 1;
    }
  }
  return below;
}

/// Per value: a linear node stands between it and the start.
std::vector<char> find_above_linear(const Program& program, ValueId start) {
  std::vector<char> leads(program.graph().values.size(), 0);
  std::vector<char> above(program.graph().values.size(), 0);
  leads[at(start)] = 1;
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    const auto marked = [&](const std::vector<char>& flags) {
      return std::ranges::any_of(node.outputs, [&](ValueId output) {
        return output != kNoValue && flags[at(output)] != 0;
      });
    };
    if (!marked(leads)) continue;
    const bool linear = is_linear(program, i) || marked(above);
    for (const ValueId input : node.inputs) {
      if (input == kNoValue) continue;
      leads[at(input)] = 1;
      if (linear) above[at(input)] = 1;
    }
  }
  return above;
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
  below_linear_ = find_below_linear(program);
  above_linear_ = find_above_linear(program, start_);
  attention_ = find_attention(program);
  attention_reach_ = find_attention_reach(program, attention_);
  bind(find_reached());
  check_layers_reached();
}

bool Binding::is_truth(ValueId value) const {
  return program_->graph().value(value).dtype == DType::Bool;
}

/// Values that depend on an asked-for layer, other than by comparisons alone: relevance has to
/// travel through these only.
std::vector<char> Binding::find_reached() const {
  std::vector<char> reached(program_->graph().values.size(), 0);
  for (const ValueId layer : layers_) reached[at(layer)] = is_truth(layer) ? 0 : 1;
  for (std::size_t i = 0; i < program_->size(); ++i) {
    const Node& node = program_->node(i);
    const bool depends = std::ranges::any_of(
        node.inputs, [&](ValueId input) { return input != kNoValue && reached[at(input)] != 0; });
    if (!depends || program_->prepared(i).kind == Kind::Blind) continue;
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) reached[at(output)] = 1;
    }
  }
  return reached;
}

void Binding::add_attention_facts(std::size_t index, NodeFacts& facts) const {
  const Node& node = program_->node(index);
  for (const Attention& attention : attention_) {
    if (attention.product == index) facts.attention_operand = attention.operand;
    if (attention.weights == node.outputs.front()) facts.attention_softmax = true;
  }
  facts.attention_projection =
      facts.kind == Kind::Linear && (attention_reach_.leads_to[at(node.outputs.front())] != 0 ||
                                     attention_reach_.comes_from[at(node.inputs.front())] != 0);
}

NodeFacts Binding::facts_of(std::size_t index) const {
  const Graph& graph = program_->graph();
  const Node& node = program_->node(index);
  NodeFacts facts{.op_type = node.op_type,
                  .name = node.name,
                  .kind = program_->prepared(index).kind,
                  .output = graph.value(node.outputs.front()).name};
  if (node.inputs.empty() || node.inputs.front() == kNoValue) return facts;
  const ValueId input = node.inputs.front();
  facts.reads_model_input = std::ranges::find(graph.inputs, input) != graph.inputs.end();
  const auto& shape = graph.value(input).shape;
  if (shape && !shape->empty()) facts.input_channels = shape->back();
  const bool depends_on_linear = std::ranges::any_of(node.inputs, [&](ValueId operand) {
    return operand != kNoValue && below_linear_[at(operand)] != 0;
  });
  facts.first_linear = facts.kind == Kind::Linear && !depends_on_linear;
  facts.last_linear = facts.kind == Kind::Linear && above_linear_[at(node.outputs.front())] == 0;
  add_attention_facts(index, facts);
  return facts;
}

/// Throws UncoveredNode where the row's rule cannot serve the node.
void Binding::check_served(const BoundNode& bound, const CompositeRow& row) const {
  const PreparedNode& prepared = program_->prepared(bound.node);
  if (row.rule->serves({.kind = prepared.kind,
                        .operation = prepared.operation.get(),
                        .input_sizes = bound.input_sizes,
                        .output_size = bound.output_size})) {
    return;
  }
  const Node& node = program_->node(bound.node);
  throw Error(ErrorCode::UncoveredNode,
              "the rule '" + std::string(row.rule->name()) + "' of row " +
                  std::to_string(&row - composite_.rows.data() + 1) + " of the composite '" +
                  std::string(composite_.name) + "' cannot serve the " + node.op_type + " node '" +
                  node.name + "'",
              node.name);
}

BoundNode Binding::bound_node(std::size_t index, const std::vector<char>& reached) const {
  const Node& node = program_->node(index);
  const PreparedNode& prepared = program_->prepared(index);
  const NodeFacts facts = facts_of(index);
  BoundNode bound{.node = index};
  const CompositeRow* row = choose_row(composite_, facts);
  if (row == nullptr) return bound;
  bound.rule = row->rule.get();
  // The adjoint of a linear map reads no forward values.
  const bool linear = prepared.operation->linear() != nullptr;
  bound.reads = bound.rule->reads(linear ? VjpReads{} : prepared.op->vjp_reads);
  bound.output_size = program_->value_size(node.outputs.front());
  for (const ValueId input : node.inputs) {
    const bool live = input != kNoValue && program_->is_live(input);
    bound.wanted.push_back(live && reached[at(input)] != 0 ? 1 : 0);
    const bool real = live && is_floating(program_->graph().value(input).dtype);
    bound.carries.push_back(real || bound.wanted.back() != 0 ? 1 : 0);
    bound.non_negative.push_back(live && program_->is_non_negative(input) ? 1 : 0);
    bound.input_sizes.push_back(live ? program_->value_size(input) : 0);
  }
  check_served(bound, *row);
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
                is_truth(layer)
                    ? "the layer '" + name + "' holds truth values, which carry no relevance"
                    : "the class scores do not depend on the layer '" + name + "'",
                name);
  }
}

std::vector<char> Binding::rows_in_use() const {
  std::vector<char> used(composite_.rows.size(), 0);
  for (std::size_t i = 0; i < program_->size(); ++i) {
    const std::vector<ValueId>& outputs = program_->node(i).outputs;
    if (outputs.empty() || outputs.front() == kNoValue) continue;
    const CompositeRow* row = choose_row(composite_, facts_of(i));
    if (row != nullptr) used[static_cast<std::size_t>(row - composite_.rows.data())] = 1;
  }
  return used;
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
