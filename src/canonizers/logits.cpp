#include "canonizers/logits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace relcam {
namespace {

constexpr std::array<std::string_view, 4> kDecisions = {"ArgMax", "LogSoftmax", "Softmax", "TopK"};
constexpr std::array<std::string_view, 8> kPassing = {
    "Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"};

template <typename Names>
bool is_one_of(const Node& node, const Names& names) {
  return node.domain.empty() && std::ranges::find(names, node.op_type) != names.end();
}

}  // namespace

ValueId logits_value(const Graph& graph) {
  if (graph.outputs.empty()) throw Error(ErrorCode::InvalidModel, "the model has no outputs");
  const std::vector<std::ptrdiff_t> producers = producers_of(graph);
  ValueId logits = graph.outputs.front();
  ValueId walked = logits;
  while (producers[static_cast<std::size_t>(walked)] >= 0) {
    const Node& node =
        graph.nodes[static_cast<std::size_t>(producers[static_cast<std::size_t>(walked)])];
    const bool decides = is_one_of(node, kDecisions);
    if ((!decides && !is_one_of(node, kPassing)) || node.inputs.empty()) break;
    walked = node.inputs.front();
    if (decides) logits = walked;
  }
  return logits;
}

}  // namespace relcam
