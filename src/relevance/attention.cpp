#include "relevance/attention.h"

#include <algorithm>

namespace relcam {

namespace {

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

bool is_softmax_over_rows(const Program& program, const Node& node) {
  if (node.op_type != "Softmax" || !node.domain.empty()) return false;
  const Graph& graph = program.graph();
  const auto rank = std::ssize(*graph.value(node.inputs.front()).shape);
  const std::int64_t axis = node.integer("axis", graph.opset < 13 ? 1 : -1);
  return axis == -1 || axis + 1 == rank;
}

bool multiplies_live_values(const Program& program, std::size_t index) {
  const Node& node = program.node(index);
  return program.prepared(index).kind == Kind::Own && node.inputs.size() >= 2 &&
         (node.op_type == "MatMul" || node.op_type == "Gemm" || node.op_type == "Einsum") &&
         program.is_live(node.inputs[0]) && program.is_live(node.inputs[1]);
}

/// Whether the node leaves what it is given as it is, but for places, scales and offsets.
bool moves_or_scales(Kind kind) { return kind == Kind::Route || kind == Kind::Affine; }

}  // namespace

std::vector<Attention> find_attention(const Program& program) {
  std::vector<ValueId> source(program.graph().values.size(), kNoValue);
  std::vector<Attention> found;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    if (is_softmax_over_rows(program, node))
      source[at(node.outputs.front())] = node.outputs.front();
    if (program.prepared(i).kind == Kind::Route && node.outputs.size() == 1) {
      source[at(node.outputs.front())] = source[at(node.inputs.front())];
    }
    if (!multiplies_live_values(program, i)) continue;
    for (std::size_t operand = 0; operand < 2; ++operand) {
      const ValueId weights = source[at(node.inputs[operand])];
      if (weights == kNoValue) continue;
      found.push_back({.weights = weights, .product = i, .operand = operand});
      break;
    }
  }
  return found;
}

bool is_of_all_tokens(const Shape& weights) {
  const std::size_t rank = weights.size();
  const bool is_one = rank == 2 || rank == 3 || (rank == 4 && weights.front() == 1);
  return is_one && weights[rank - 1] == weights[rank - 2];
}

ValueId find_block_output(const Program& program, const std::vector<Attention>& all,
                          const Attention& attention, ValueId scores) {
  // Per value between the two: the last node that reads it.
  std::vector<std::ptrdiff_t> last_reader(program.graph().values.size(), -1);
  std::vector<char> leads(last_reader.size(), 0);
  leads[at(scores)] = 1;
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    const bool needed = std::ranges::any_of(
        node.outputs, [&](ValueId output) { return output != kNoValue && leads[at(output)] != 0; });
    for (const ValueId input : node.inputs) {
      if (!needed || input == kNoValue) continue;
      leads[at(input)] = 1;
      last_reader[at(input)] = std::max(last_reader[at(input)], static_cast<std::ptrdiff_t>(i));
    }
  }
  const auto next = std::ranges::upper_bound(all, attention.product, {}, &Attention::product);
  const std::ptrdiff_t end =
      next == all.end() ? std::ssize(program.graph().nodes) : program.producer(next->weights);
  const std::int64_t tokens = program.graph().value(attention.weights).shape->back();

  ValueId found = kNoValue;
  std::vector<char> reached(last_reader.size(), 0);
  reached[at(attention.weights)] = 1;
  std::ptrdiff_t furthest = last_reader[at(attention.weights)];
  for (std::ptrdiff_t i = program.producer(attention.weights) + 1; i < end; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const Node& node = program.node(index);
    const bool depends = std::ranges::any_of(
        node.inputs, [&](ValueId input) { return input != kNoValue && reached[at(input)] != 0; });
    if (!depends) continue;
    const ValueId output = node.outputs.front();
    const Shape& shape = *program.graph().value(output).shape;
    const bool ends_block = furthest <= i && leads[at(output)] != 0 && shape.size() == 3 &&
                            shape[0] == 1 && shape[1] == tokens;
    if (ends_block && program.prepared(index).kind == Kind::Sum) found = output;
    for (const ValueId each : node.outputs) {
      if (each == kNoValue) continue;
      reached[at(each)] = 1;
      furthest = std::max(furthest, last_reader[at(each)]);
    }
  }
  return found;
}

AttentionReach find_attention_reach(const Program& program,
                                    const std::vector<Attention>& attention) {
  const std::size_t values = program.graph().values.size();
  AttentionReach reach{.leads_to = std::vector<char>(values, 0),
                       .comes_from = std::vector<char>(values, 0)};
  for (const Attention& one : attention) {
    const Node& product = program.node(one.product);
    for (const ValueId input : product.inputs) reach.leads_to[at(input)] = 1;
    reach.comes_from[at(product.outputs.front())] = 1;
  }
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const bool from = moves_or_scales(program.prepared(i).kind) &&
                      std::ranges::any_of(node.inputs, [&](ValueId input) {
                        return input != kNoValue && reach.comes_from[at(input)] != 0;
                      });
    for (const ValueId output : node.outputs) {
      if (from && output != kNoValue) reach.comes_from[at(output)] = 1;
    }
  }
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    const Kind kind = program.prepared(i).kind;
    const bool to = (moves_or_scales(kind) || kind == Kind::Own || kind == Kind::Normalization) &&
                    std::ranges::any_of(node.outputs, [&](ValueId output) {
                      return output != kNoValue && reach.leads_to[at(output)] != 0;
                    });
    for (const ValueId input : node.inputs) {
      if (to && input != kNoValue) reach.leads_to[at(input)] = 1;
    }
  }
  return reach;
}

}  // namespace relcam
