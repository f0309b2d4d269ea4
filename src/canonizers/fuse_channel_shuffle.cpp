#include "canonizers/fuse_channel_shuffle.h"

#include <algorithm>
#include <utility>

#include "canonizers/pattern.h"

namespace relcam {
namespace {

/// [N, groups * each, ...] seen as [N, groups, each, ...].
bool splits_channels(const Shape& whole, const Shape& split) {
  if (whole.size() < 2 || split.size() != whole.size() + 1) return false;
  return split[0] == whole[0] && split[1] * split[2] == whole[1] &&
         std::equal(whole.begin() + 2, whole.end(), split.begin() + 3);
}

bool swaps_groups(const Node& transpose, const Shape& split) {
  std::vector<std::int64_t> swapped;
  for (std::size_t i = 0; i < split.size(); ++i) {
    swapped.push_back(static_cast<std::int64_t>(i == 1 || i == 2 ? 3 - i : i));
  }
  return transpose.integers("perm", {}) == swapped;
}

bool complete(Graph& graph, const Match& match, std::vector<Node>& nodes) {
  const Shape& whole = *graph.value(match.variable).shape;
  const Node& swap = graph.nodes[match.nodes[1]];
  const Shape split = *graph.value(swap.inputs[0]).shape;
  if (!splits_channels(whole, split) || !swaps_groups(swap, split)) return false;
  std::vector<std::int64_t> sources;
  for (std::int64_t i = 0; i < split[2]; ++i) {
    for (std::int64_t group = 0; group < split[1]; ++group) {
      sources.push_back(group * split[2] + i);
    }
  }
  Value indices;
  indices.shape = Shape{whole[1]};
  indices.dtype = DType::Int64;
  indices.constant = Constant::from_ints(*indices.shape, std::move(sources));
  nodes.front().inputs.push_back(graph.add_value(std::move(indices)));
  nodes.front().attributes.emplace("axis", std::int64_t{1});
  return true;
}

}  // namespace

void fuse_channel_shuffle(Graph& graph) {
  const Term split = function("Reshape", {variable()});
  fuse(graph, {{function("Reshape", {function("Transpose", {split})}), "Gather", complete}});
}

}  // namespace relcam
