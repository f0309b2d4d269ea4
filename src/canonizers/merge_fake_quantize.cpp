#include "canonizers/merge_fake_quantize.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/op.h"
#include "ops/own_domain.h"

namespace relcam {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

bool is(const Node& node, std::string_view type) {
  return node.op_type == type && node.domain.empty();
}

std::vector<float> numbers(const NodeView& view, std::size_t input) {
  const Constant* constant = view.constant(input);
  return constant == nullptr ? std::vector<float>{0.0F} : constant->floats();
}

/// Whether reading back undoes the quantising, rounding aside.
bool is_pair(const Graph& graph, const Node& quantize, const Node& dequantize) {
  const NodeView q{graph, quantize};
  const NodeView d{graph, dequantize};
  return numbers(q, 1) == numbers(d, 1) && numbers(q, 2) == numbers(d, 2) &&
         quantize.integer("axis", 1) == dequantize.integer("axis", 1);
}

/// The quantised tensor that a node reads back, and what it became.
struct Merged {
  ValueId quantized;
  ValueId real;
};

std::vector<Merged> merge_pairs(Graph& graph) {
  const std::vector<std::ptrdiff_t> producers = producers_of(graph);
  std::vector<Merged> merged;
  for (Node& node : graph.nodes) {
    if (!is(node, "DequantizeLinear") || producers[index_of(node.inputs.at(0))] < 0) continue;
    const Node& source = graph.nodes[static_cast<std::size_t>(producers[index_of(node.inputs[0])])];
    if (!is(source, "QuantizeLinear") || !is_pair(graph, source, node)) continue;
    merged.push_back({node.inputs[0], node.outputs.at(0)});
    node.op_type = "FakeQuantize";
    node.domain = kOwnDomain;
    node.inputs = source.inputs;
    node.attributes = source.attributes;
  }
  return merged;
}

}  // namespace

void merge_fake_quantize(Graph& graph) {
  const std::vector<Merged> merged = merge_pairs(graph);
  const std::vector<std::vector<std::size_t>> consumers = consumers_of(graph);
  for (const auto& [quantized, real] : merged) {
    const bool is_output = std::ranges::find(graph.outputs, quantized) != graph.outputs.end();
    std::string& name = graph.value(quantized).name;
    if (name.empty() || is_output || !consumers[index_of(quantized)].empty()) continue;
    graph.aliases.emplace(std::exchange(name, {}), real);
  }
}

}  // namespace relcam
