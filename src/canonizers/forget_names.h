#pragma once

#include <map>
#include <string>

#include "graph/graph.h"

namespace relcam {

/// Takes the names of values that are no longer computed out of use.
class NameForgetter {
 public:
  explicit NameForgetter(Graph& graph);

  /// No name leads to the value any more; `reason`, which goes to Graph::removed, says where to
  /// look instead.
  void forget(ValueId id, const std::string& reason);

 private:
  Graph& graph_;
  std::multimap<ValueId, std::string> aliases_;
};

}  // namespace relcam
