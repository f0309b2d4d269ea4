#include "canonizers/merge.h"

#include <utility>
#include <vector>

#include "canonizers/forget_names.h"

namespace relcam {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

}  // namespace

void merge_pairs(Graph& graph, FunctionRef<bool(Node& producer, const Node& reader)> merge) {
  const std::vector<std::vector<std::size_t>> consumers = consumers_of(graph);
  std::vector<std::ptrdiff_t> producers = producers_of(graph);
  std::vector<bool> is_output(graph.values.size(), false);
  for (const ValueId id : graph.outputs) is_output[index_of(id)] = true;
  std::vector<bool> is_merged(graph.nodes.size(), false);
  NameForgetter names(graph);

  const auto sole_producer = [&](ValueId id) -> std::ptrdiff_t {
    if (id == kNoValue || is_output[index_of(id)]) return -1;
    return consumers[index_of(id)].size() == 1 ? producers[index_of(id)] : -1;
  };
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].outputs.size() != 1) continue;
    const std::vector<ValueId> inputs = graph.nodes[i].inputs;
    for (const ValueId input : inputs) {
      const std::ptrdiff_t index = sole_producer(input);
      if (index < 0) continue;
      Node& producer = graph.nodes[static_cast<std::size_t>(index)];
      const Node& reader = graph.nodes[i];
      if (producer.outputs.size() != 1 || !merge(producer, reader)) continue;
      names.forget(input, "it was merged with " + reader.op_type + " '" + reader.name +
                              "': ask for '" + graph.value(reader.outputs[0]).name + "'");
      producer.outputs[0] = reader.outputs[0];
      producers[index_of(reader.outputs[0])] = index;
      is_merged[i] = true;
      break;
    }
  }

  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_merged[i]) kept.push_back(std::move(graph.nodes[i]));
  }
  graph.nodes = std::move(kept);
}

}  // namespace relcam
