#include "canonizers/drop_identities.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "canonizers/identity.h"
#include "ops/op.h"

namespace relcam {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

class IdentityDropper {
 public:
  explicit IdentityDropper(Graph& graph)
      : graph_(graph), consumers_(consumers_of(graph)), producers_(producers_of(graph)) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      merged_with_.push_back(static_cast<ValueId>(i));
    }
    is_output_.assign(graph.values.size(), false);
    for (const ValueId id : graph.outputs) is_output_[index_of(id)] = true;
  }

  void run() {
    std::vector<Node> kept;
    for (Node& node : graph_.nodes) {
      for (ValueId& input : node.inputs) {
        if (input != kNoValue) input = merged_with_[index_of(input)];
      }
      if (!drop(node)) kept.push_back(std::move(node));
    }
    graph_.nodes = std::move(kept);
    for (auto& [name, id] : graph_.aliases) id = merged_with_[index_of(id)];
    for (ValueId& id : graph_.outputs) id = merged_with_[index_of(id)];
  }

 private:
  bool drop(const Node& node) {
    if (!has_one_used_output(node) || !is_identity({graph_, node})) return false;
    const ValueId from = node.outputs[0];
    const ValueId to = node.inputs[0];
    if (is_output_[index_of(from)] && !can_become_output(to)) return false;
    if (is_output_[index_of(from)]) {
      std::swap(graph_.value(from).name, graph_.value(to).name);
      is_output_[index_of(to)] = true;
    }
    alias(from, to);
    return true;
  }

  bool has_one_used_output(const Node& node) const {
    if (node.outputs.empty()) return false;
    return std::all_of(node.outputs.begin() + 1, node.outputs.end(), [this](ValueId id) {
      return id == kNoValue || (consumers_[index_of(id)].empty() && !is_output_[index_of(id)]);
    });
  }

  /// A value that the model names as input or output already cannot take another output's name.
  bool can_become_output(ValueId id) const {
    return producers_[index_of(id)] >= 0 && !is_output_[index_of(id)];
  }

  void alias(ValueId from, ValueId to) {
    std::string& name = graph_.value(from).name;
    if (!name.empty()) graph_.aliases.emplace(std::move(name), to);
    name.clear();
    merged_with_[index_of(from)] = to;
  }

  Graph& graph_;
  std::vector<std::vector<std::size_t>> consumers_;
  std::vector<std::ptrdiff_t> producers_;
  std::vector<ValueId> merged_with_;
  std::vector<bool> is_output_;
};

}  // namespace

void drop_identities(Graph& graph) { IdentityDropper(graph).run(); }

}  // namespace relcam
