#include "canonizers/fuse_normalizations.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "canonizers/pattern.h"
#include "ops/op.h"

namespace relcam {
namespace {

using Axes = std::vector<std::int64_t>;

constexpr std::size_t kScale = 0;
constexpr std::size_t kShift = 1;

/// Of a ReduceMean over known axes, in ascending order; none where it drops them.
Axes reduced_axes(const Graph& graph, const Node& mean) {
  const NodeView view{graph, mean};
  if (mean.integer("keepdims", 1) == 0) return {};
  const Constant* input = view.constant(1);
  Axes axes = input != nullptr ? input->ints() : mean.integers("axes", {});
  for (std::int64_t& axis : axes) {
    axis = static_cast<std::int64_t>(normalized_axis(axis, view.input_shape(0).size()));
  }
  std::ranges::sort(axes);
  return axes;
}

/// What all means of the formula go over; none where they differ.
Axes common_axes(const Graph& graph, const Match& match) {
  std::optional<Axes> common;
  for (const std::size_t index : match.nodes) {
    const Node& node = graph.nodes[index];
    if (node.op_type != "ReduceMean") continue;
    Axes axes = reduced_axes(graph, node);
    if (common && *common != axes) return {};
    common = std::move(axes);
  }
  return common.value_or(Axes());
}

ValueId add_constant(Graph& graph, Constant constant) {
  Value value;
  value.shape = constant.shape();
  value.dtype = constant.dtype();
  value.constant = std::move(constant);
  return graph.add_value(std::move(value));
}

/// The parameter in the shape of the normalised axes; kNoValue where it varies along others or is
/// spread over them.
ValueId parameter(Graph& graph, ValueId id, const Shape& x, const Axes& axes, float fallback) {
  Shape shape;
  for (const std::int64_t axis : axes) shape.push_back(x[static_cast<std::size_t>(axis)]);
  if (id == kNoValue) {
    return add_constant(
        graph, Constant::from_floats(shape, std::vector<float>(element_count(shape), fallback)));
  }
  const Constant& given = *graph.value(id).constant;
  Shape broadcast(x.size(), 1);
  for (const std::int64_t axis : axes) {
    broadcast[static_cast<std::size_t>(axis)] = x[static_cast<std::size_t>(axis)];
  }
  const Shape& got = given.shape();
  if (got.size() > x.size()) return kNoValue;
  const auto lacking = static_cast<std::ptrdiff_t>(x.size() - got.size());
  const bool leads_with_ones =
      std::all_of(broadcast.begin(), broadcast.begin() + lacking, [](auto d) { return d == 1; });
  if (!leads_with_ones || !std::equal(got.begin(), got.end(), broadcast.begin() + lacking)) {
    return kNoValue;
  }
  return add_constant(graph, given.reshaped(shape));
}

Node transpose(Graph& graph, const Node& norm, ValueId from, ValueId to, const Axes& permutation) {
  Node node;
  node.name = norm.name;
  node.op_type = "Transpose";
  node.inputs = {from};
  node.outputs = {to};
  node.attributes.emplace("perm", permutation);
  if (!graph.value(to).shape) {
    Shape shape;
    for (const std::int64_t axis : permutation) {
      shape.push_back((*graph.value(from).shape)[static_cast<std::size_t>(axis)]);
    }
    graph.value(to).shape = std::move(shape);
  }
  return node;
}

/// Lets a node that normalises axis 1 of an image do so with the channels last.
void put_channels_last(Graph& graph, std::vector<Node>& nodes) {
  Node norm = std::move(nodes.front());
  const ValueId last = graph.add_value({});
  const ValueId normalised = graph.add_value({});
  Node before = transpose(graph, norm, norm.inputs[0], last, {0, 2, 3, 1});
  graph.value(normalised).shape = graph.value(last).shape;
  Node after = transpose(graph, norm, normalised, norm.outputs[0], {0, 3, 1, 2});
  norm.inputs[0] = last;
  norm.outputs[0] = normalised;
  nodes = {std::move(before), std::move(norm), std::move(after)};
}

bool complete(Graph& graph, const Match& match, std::vector<Node>& nodes) {
  const Shape x = *graph.value(match.variable).shape;
  const Axes axes = common_axes(graph, match);
  const auto rank = static_cast<std::int64_t>(x.size());
  if (axes.empty() || match.number < 0.0F) return false;
  Axes trailing(axes.size());
  std::iota(trailing.begin(), trailing.end(), rank - static_cast<std::int64_t>(axes.size()));
  const bool over_channels = axes == Axes{1} && rank == 4;
  if (axes != trailing && !over_channels) return false;

  Node& norm = nodes.front();
  for (const auto& [slot, fallback] : {std::pair(kScale, 1.0F), std::pair(kShift, 0.0F)}) {
    const bool given = slot < match.constants.size();
    if (!given && slot == kShift) continue;
    const ValueId id = given ? match.constants[slot] : kNoValue;
    norm.inputs.push_back(parameter(graph, id, x, axes, fallback));
    if (norm.inputs.back() == kNoValue) return false;
  }
  norm.attributes.emplace("axis", over_channels ? std::int64_t{-1} : trailing.front());
  norm.attributes.emplace("epsilon", match.number);
  if (axes != trailing) put_channels_last(graph, nodes);
  return true;
}

Term mean(const Term& term) { return function("ReduceMean", {term}); }

/// term / sqrt(mean(term^2) + epsilon)
Term standardized(const Term& term) {
  return term / function("Sqrt", {kAnyNumber + mean(term * term)});
}

std::vector<Fusion> fusions() {
  const Term x = variable();
  const Term centred = standardized(x - mean(x));
  const Term scaled = constant(kScale) * centred;
  return {{scaled + constant(kShift), "LayerNormalization", complete},
          {scaled, "LayerNormalization", complete},
          {centred, "LayerNormalization", complete},
          {constant(kScale) * standardized(x), "RMSNormalization", complete},
          {standardized(x), "RMSNormalization", complete}};
}

}  // namespace

void fuse_normalizations(Graph& graph) { fuse(graph, fusions()); }

}  // namespace relcam
