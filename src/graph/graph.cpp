#include "graph/graph.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "base/error.h"

namespace relcam {
namespace {

template <typename T>
T attribute_or(const Node& node, std::string_view key, T fallback, std::string_view type_name) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return fallback;
  if (const T* held = std::get_if<T>(&found->second)) return *held;
  throw Error(ErrorCode::InvalidModel,
              "attribute '" + std::string(key) + "' of " + node.op_type + " node '" + node.name +
                  "' should be " + std::string(type_name),
              node.name);
}

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

void check_is_available(const Graph& graph, const Node& node, ValueId input,
                        const std::vector<bool>& is_graph_input) {
  const Value& value = graph.value(input);
  if (value.constant || is_graph_input[index_of(input)]) return;
  throw Error(ErrorCode::InvalidModel,
              node.op_type + " node '" + node.name + "' reads the tensor '" + value.name +
                  "', which nothing in the model computes",
              node.name);
}

std::vector<bool> graph_inputs_of(const Graph& graph) {
  std::vector<bool> is_input(graph.values.size(), false);
  for (const ValueId id : graph.inputs) is_input[index_of(id)] = true;
  return is_input;
}

/// Per node: how often it reads what another node computes. Throws where it reads what nothing
/// does.
std::vector<std::size_t> dependencies_of(const Graph& graph) {
  const std::vector<std::ptrdiff_t> producers = producers_of(graph);
  const std::vector<bool> is_graph_input = graph_inputs_of(graph);
  std::vector<std::size_t> dependencies(graph.nodes.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId input : graph.nodes[i].inputs) {
      if (input == kNoValue) continue;
      if (producers[index_of(input)] >= 0) {
        ++dependencies[i];
      } else {
        check_is_available(graph, graph.nodes[i], input, is_graph_input);
      }
    }
  }
  return dependencies;
}

/// Of the nodes that can run, the first always comes next; counts `waiting_for` down to 0, but for
/// nodes that never can.
std::vector<std::size_t> running_order(const Graph& graph, std::vector<std::size_t>& waiting_for) {
  const std::vector<std::vector<std::size_t>> consumers = consumers_of(graph);
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (waiting_for[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  order.reserve(graph.nodes.size());
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const ValueId output : graph.nodes[next].outputs) {
      if (output == kNoValue) continue;
      for (const std::size_t consumer : consumers[index_of(output)]) {
        if (--waiting_for[consumer] == 0) ready.push(consumer);
      }
    }
  }
  return order;
}

std::string node_on_cycle(const Graph& graph, const std::vector<std::size_t>& waiting_for) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (waiting_for[i] > 0) return graph.nodes[i].name;
  }
  return {};
}

std::vector<bool> live_nodes_of(const Graph& graph) {
  const std::vector<std::ptrdiff_t> producers = producers_of(graph);
  std::vector<bool> live(graph.nodes.size(), false);
  std::vector<ValueId> pending = graph.outputs;
  while (!pending.empty()) {
    const ValueId id = pending.back();
    pending.pop_back();
    if (id == kNoValue || producers[index_of(id)] < 0) continue;
    const auto producer = static_cast<std::size_t>(producers[index_of(id)]);
    if (live[producer]) continue;
    live[producer] = true;
    const std::vector<ValueId>& inputs = graph.nodes[producer].inputs;
    pending.insert(pending.end(), inputs.begin(), inputs.end());
  }
  return live;
}

std::vector<bool> used_values_of(const Graph& graph) {
  std::vector<bool> used = graph_inputs_of(graph);
  const auto mark = [&used](ValueId id) {
    if (id != kNoValue) used[index_of(id)] = true;
  };
  std::ranges::for_each(graph.outputs, mark);
  for (const Node& node : graph.nodes) {
    std::ranges::for_each(node.inputs, mark);
    std::ranges::for_each(node.outputs, mark);
  }
  return used;
}

}  // namespace

std::int64_t Node::integer(std::string_view key, std::int64_t fallback) const {
  return attribute_or<std::int64_t>(*this, key, fallback, "an integer");
}

float Node::number(std::string_view key, float fallback) const {
  return attribute_or<float>(*this, key, fallback, "a number");
}

std::string Node::text(std::string_view key, std::string fallback) const {
  return attribute_or<std::string>(*this, key, std::move(fallback), "a string");
}

std::vector<std::int64_t> Node::integers(std::string_view key,
                                         std::vector<std::int64_t> fallback) const {
  return attribute_or<std::vector<std::int64_t>>(*this, key, std::move(fallback),
                                                 "a list of integers");
}

ValueId Graph::add_value(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::find(std::string_view value_name) const {
  if (value_name.empty()) return kNoValue;
  const auto found = std::ranges::find(values, value_name, &Value::name);
  if (found != values.end()) return static_cast<ValueId>(found - values.begin());
  const auto alias = aliases.find(value_name);
  return alias == aliases.end() ? kNoValue : alias->second;
}

void sort_topologically(Graph& graph) {
  std::vector<std::size_t> waiting_for = dependencies_of(graph);
  const std::vector<std::size_t> order = running_order(graph, waiting_for);
  if (order.size() != graph.nodes.size()) {
    const std::string culprit = node_on_cycle(graph, waiting_for);
    throw Error(ErrorCode::InvalidModel,
                "the graph has a cycle: node '" + culprit + "' depends on its own output", culprit);
  }

  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(std::move(graph.nodes[i]));
  graph.nodes = std::move(sorted);
}

void remove_dead_nodes(Graph& graph) {
  const std::vector<bool> live = live_nodes_of(graph);
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (live[i]) kept.push_back(std::move(graph.nodes[i]));
  }
  graph.nodes = std::move(kept);

  const std::vector<bool> used = used_values_of(graph);
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (used[i]) continue;
    graph.values[i].constant.reset();
    graph.values[i].name.clear();
  }
  std::erase_if(graph.aliases,
                [&used](const auto& alias) { return !used[index_of(alias.second)]; });
}

std::vector<std::vector<std::size_t>> consumers_of(const Graph& graph) {
  std::vector<std::vector<std::size_t>> consumers(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId input : graph.nodes[i].inputs) {
      if (input != kNoValue) consumers[index_of(input)].push_back(i);
    }
  }
  return consumers;
}

std::vector<std::ptrdiff_t> producers_of(const Graph& graph) {
  std::vector<std::ptrdiff_t> producers(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId output : graph.nodes[i].outputs) {
      if (output != kNoValue) producers[index_of(output)] = static_cast<std::ptrdiff_t>(i);
    }
  }
  return producers;
}

}  // namespace relcam
