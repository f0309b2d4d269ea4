#include "canonizers/forget_names.h"

#include <utility>

namespace relcam {

NameForgetter::NameForgetter(Graph& graph) : graph_(graph) {
  for (const auto& [name, id] : graph.aliases) aliases_.emplace(id, name);
}

void NameForgetter::forget(ValueId id, const std::string& reason) {
  std::string& name = graph_.value(id).name;
  if (!name.empty()) graph_.removed.insert_or_assign(std::exchange(name, {}), reason);
  const auto [begin, end] = aliases_.equal_range(id);
  for (auto alias = begin; alias != end; ++alias) {
    graph_.aliases.erase(alias->second);
    graph_.removed.insert_or_assign(alias->second, reason);
  }
  aliases_.erase(begin, end);
}

}  // namespace relcam
