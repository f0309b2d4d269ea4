#include "canonizers/cut_decisions.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace relcam {
namespace {

constexpr std::array<std::string_view, 5> kDecisions = {"ArgMax", "ArgMin", "TopK", "Greater",
                                                        "GreaterOrEqual"};
constexpr std::array<std::string_view, 6> kPassing = {"Cast",    "Flatten", "Identity",
                                                      "Reshape", "Squeeze", "Unsqueeze"};

template <typename Names>
bool is_one_of(const Node& node, const Names& names) {
  return node.domain.empty() && std::ranges::find(names, node.op_type) != names.end();
}

/// What the decision behind an output reads; the output itself where there is none.
ValueId scores_of(const Graph& graph, const std::vector<std::ptrdiff_t>& producers,
                  ValueId output) {
  const auto is_computed = [&](ValueId value) {
    return producers[static_cast<std::size_t>(value)] >= 0 && !graph.value(value).constant;
  };
  ValueId walked = output;
  while (producers[static_cast<std::size_t>(walked)] >= 0) {
    const Node& node =
        graph.nodes[static_cast<std::size_t>(producers[static_cast<std::size_t>(walked)])];
    if (node.inputs.empty() || node.inputs.front() == kNoValue) break;
    walked = node.inputs.front();
    if (is_one_of(node, kDecisions)) return is_computed(walked) ? walked : output;
    if (!is_one_of(node, kPassing)) break;
  }
  return output;
}

}  // namespace

void cut_decisions(Graph& graph) {
  const std::vector<std::ptrdiff_t> producers = producers_of(graph);
  std::vector<ValueId> outputs;
  for (const ValueId output : graph.outputs) {
    const ValueId scores = scores_of(graph, producers, output);
    if (scores != output) {
      graph.removed.emplace(graph.value(output).name,
                            "it decides on the classes by '" + graph.value(scores).name + "'");
    }
    if (std::ranges::find(outputs, scores) == outputs.end()) outputs.push_back(scores);
  }
  graph.outputs = std::move(outputs);
}

}  // namespace relcam
