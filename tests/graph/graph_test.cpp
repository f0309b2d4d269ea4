#include "graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::HasSubstr;

ValueId named(Graph& graph, const std::string& name) {
  if (const ValueId known = graph.find(name); known != kNoValue) return known;
  Value value;
  value.name = name;
  return graph.add_value(std::move(value));
}

Node& add_node(Graph& graph, const std::string& type, const std::vector<std::string>& inputs,
               const std::string& output) {
  Node node;
  node.name = "make " + output;
  node.op_type = type;
  for (const std::string& input : inputs) node.inputs.push_back(named(graph, input));
  node.outputs = {named(graph, output)};
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back();
}

/// x -> a -> b -> y, with nodes in the order given.
Graph chain(const std::vector<std::string>& order) {
  const std::map<std::string, std::string> before = {{"a", "x"}, {"b", "a"}, {"y", "b"}};
  Graph graph;
  graph.inputs = {named(graph, "x")};
  for (const std::string& output : order) add_node(graph, "Relu", {before.at(output)}, output);
  graph.outputs = {graph.find("y")};
  return graph;
}

std::vector<std::string> order_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(graph.value(node.outputs[0]).name);
  return names;
}

std::string message_of(Graph graph) {
  return testing::refusal(ErrorCode::InvalidModel, [&] { sort_topologically(graph); });
}

TEST(SortTopologically, PutsProducersFirst) {
  Graph graph = chain({"y", "b", "a"});
  sort_topologically(graph);
  EXPECT_THAT(order_of(graph), ::testing::ElementsAre("a", "b", "y"));
}

TEST(SortTopologically, LeavesAnOrderThatHoldsAlone) {
  Graph graph;
  graph.inputs = {named(graph, "x")};
  add_node(graph, "Relu", {"x"}, "p");
  add_node(graph, "Relu", {"x"}, "q");
  add_node(graph, "Relu", {"p"}, "r");
  add_node(graph, "Add", {"q", "q"}, "s");
  sort_topologically(graph);
  EXPECT_THAT(order_of(graph), ::testing::ElementsAre("p", "q", "r", "s"));
}

TEST(SortTopologically, NamesANodeOnACycle) {
  Graph graph = chain({"a", "b", "y"});
  graph.nodes[0].inputs[0] = graph.find("b");
  EXPECT_THAT(message_of(graph), HasSubstr("cycle: node 'make a'"));
}

TEST(SortTopologically, NamesATensorThatNothingComputes) {
  Graph graph = chain({"a", "b", "y"});
  graph.nodes[1].inputs[0] = named(graph, "nowhere");
  EXPECT_THAT(message_of(graph), HasSubstr("reads the tensor 'nowhere'"));
}

TEST(SortTopologically, TakesLinearTimeForAMillionNodes) {
  Graph graph;
  ValueId last = named(graph, "x");
  graph.inputs = {last};
  for (std::size_t i = 0; i < 1'000'000; ++i) {
    Node node;
    node.inputs = {last};
    last = graph.add_value({});
    node.outputs = {last};
    graph.nodes.push_back(std::move(node));
  }
  graph.outputs = {last};
  std::reverse(graph.nodes.begin(), graph.nodes.end());
  sort_topologically(graph);
  remove_dead_nodes(graph);
  EXPECT_EQ(graph.nodes.size(), 1'000'000U);
  EXPECT_EQ(graph.nodes.front().inputs[0], graph.inputs[0]);
}

TEST(RemoveDeadNodes, KeepsWhatReachesAnOutput) {
  Graph graph = chain({"a", "b", "y"});
  add_node(graph, "Relu", {"a"}, "unused");
  add_node(graph, "Add", {"unused", "b"}, "unused too");
  const ValueId constant = named(graph, "weight");
  graph.value(constant).constant = Constant::from_floats({1}, {2});
  graph.aliases.emplace("another name", graph.find("unused"));
  remove_dead_nodes(graph);
  EXPECT_THAT(order_of(graph), ::testing::ElementsAre("a", "b", "y"));
  EXPECT_FALSE(graph.value(constant).constant);
  EXPECT_EQ(graph.find("unused"), kNoValue);
  EXPECT_EQ(graph.find("another name"), kNoValue);
  EXPECT_NE(graph.find("x"), kNoValue);
}

TEST(Graph, KnowsProducersAndConsumers) {
  Graph graph = chain({"a", "b", "y"});
  add_node(graph, "Add", {"a", "a"}, "sum");
  const auto at = [&graph](const char* name) { return static_cast<std::size_t>(graph.find(name)); };
  EXPECT_EQ(producers_of(graph)[at("x")], -1);
  EXPECT_EQ(producers_of(graph)[at("y")], 2);
  EXPECT_THAT(consumers_of(graph)[at("a")], ::testing::ElementsAre(1U, 3U, 3U));
}

TEST(Node, ReadsAttributesOfTheRightType) {
  Node node;
  node.name = "pool";
  node.op_type = "MaxPool";
  node.attributes.emplace("ceil_mode", std::int64_t{1});
  node.attributes.emplace("alpha", 0.5F);
  EXPECT_EQ(node.integer("ceil_mode", 0), 1);
  EXPECT_EQ(node.integer("storage_order", 7), 7);
  EXPECT_EQ(node.number("alpha", 0.0F), 0.5F);
  EXPECT_EQ(node.text("auto_pad", "NOTSET"), "NOTSET");
  const Error error = testing::error_of([&] { node.integers("ceil_mode", {}); });
  EXPECT_STREQ(error.what(),
               "attribute 'ceil_mode' of MaxPool node 'pool' should be a list of integers");
  EXPECT_EQ(error.node(), "pool");
}

TEST(Dump, ShowsOneLineANode) {
  Graph graph;
  graph.inputs = {named(graph, "x")};
  graph.value(graph.inputs[0]).shape = Shape{1, 3};
  Node& node = add_node(graph, "Slice", {"x", "starts"}, "y");
  node.inputs.push_back(kNoValue);
  node.attributes.emplace("axes", std::vector<std::int64_t>{0, 1});
  graph.value(graph.find("starts")).constant = Constant::from_ints({1}, {2});
  graph.outputs = {graph.find("y")};
  EXPECT_EQ(dump(graph),
            "inputs x:1x3\n"
            "y = Slice(x:1x3, starts:{int64 1 [2]}, _) axes=[0,1]\n"
            "outputs y\n");
}

}  // namespace
}  // namespace relcam
