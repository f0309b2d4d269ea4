#include "canonizers/drop_identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "canonizers/infer_shapes.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using Attributes = std::vector<OnnxMessage>;
using Names = std::vector<std::string>;

Graph without_identities(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  infer_shapes(graph, ThreadPool(1));
  drop_identities(graph);
  return graph;
}

/// x -> Relu -> a -> the node in question -> b -> Tanh -> y
OnnxBuilder in_between(const std::string& op_type, const Names& constants,
                       const Attributes& attributes, std::int64_t opset = 17) {
  OnnxBuilder builder(opset);
  builder.integers("zeros", {8}, std::vector<std::int64_t>(8, 0))
      .integers("one row", {8}, {0, 0, 1, 0, 0, 0, 0, 0})
      .integers("shift", {8}, {0, 0, 1, 0, 0, 0, -1, 0})
      .integers("shape", {4}, {1, 2, 3, 4})
      .integers("other shape", {4}, {1, 2, 4, 3})
      .integers("ones", {4}, {1, 1, 1, 1})
      .integers("axis", {1}, {2})
      .integers("start", {1}, {0})
      .integers("last", {1}, {-1})
      .integers("end", {1}, {3})
      .integers("before the first", {1}, {-4})
      .integers("backwards", {1}, {-1});
  Names inputs = {"a"};
  inputs.insert(inputs.end(), constants.begin(), constants.end());
  builder.input("x", {1, 2, 3, 4})
      .node("Relu", {"x"}, {"a"})
      .node(op_type, inputs, {"b"}, attributes)
      .node("Tanh", {"b"}, {"y"})
      .output("y");
  return builder;
}

bool is_dropped(const std::string& op_type, const Names& constants = {},
                const Attributes& attributes = {}, std::int64_t opset = 17) {
  const Graph graph = without_identities(in_between(op_type, constants, attributes, opset));
  const bool dropped = graph.nodes.size() == 2;
  EXPECT_EQ(graph.find("b") == graph.find("a"), dropped) << dump(graph);
  return dropped;
}

OnnxMessage list(const std::string& name, const std::vector<std::int64_t>& values) {
  return onnx_attribute(name, values);
}

TEST(DropIdentities, DropsWhatChangesNothing) {
  EXPECT_TRUE(is_dropped("Identity"));
  EXPECT_TRUE(is_dropped("Dropout"));
  EXPECT_TRUE(is_dropped("Cast", {}, {onnx_attribute("to", std::int64_t{10})}));
  EXPECT_TRUE(is_dropped("Concat", {}, {onnx_attribute("axis", std::int64_t{1})}));
  EXPECT_TRUE(is_dropped("Sum"));
  EXPECT_TRUE(is_dropped("Pad", {"zeros"}));
  EXPECT_TRUE(is_dropped("Pad", {}, {list("pads", std::vector<std::int64_t>(8, 0))}, 7));
  EXPECT_TRUE(is_dropped("MaxPool", {}, {list("kernel_shape", {1, 1}), list("strides", {1, 1})}));
  EXPECT_TRUE(is_dropped("Reshape", {"shape"}));
  EXPECT_TRUE(is_dropped("Expand", {"shape"}));
  EXPECT_TRUE(is_dropped("Transpose", {}, {list("perm", {0, 1, 2, 3})}));
  EXPECT_TRUE(is_dropped("Slice", {"start", "end", "axis"}));
}

TEST(DropIdentities, KeepsWhatLooksLikeOne) {
  EXPECT_FALSE(is_dropped("AveragePool", {}, {list("kernel_shape", {1, 1})}))
      << "the norm rule drops what reaches a zero";
  EXPECT_FALSE(is_dropped("Pad", {"one row"}));
  EXPECT_FALSE(is_dropped("Pad", {"shift"})) << "same shape, other content";
  EXPECT_FALSE(
      is_dropped("AveragePool", {}, {list("kernel_shape", {3, 3}), list("pads", {1, 1, 1, 1})}));
  EXPECT_FALSE(is_dropped("MaxPool", {}, {list("kernel_shape", {1, 1}), list("strides", {2, 2})}));
  EXPECT_FALSE(is_dropped("Reshape", {"other shape"}));
  EXPECT_FALSE(is_dropped("Transpose", {}, {list("perm", {0, 1, 3, 2})}));
  EXPECT_FALSE(is_dropped("Slice", {"last", "before the first", "axis", "backwards"}))
      << "reversed";
}

TEST(DropIdentities, KeepsCastsToIntegers) {
  const Graph graph =
      without_identities(OnnxBuilder()
                             .input("x", {3})
                             .node("Relu", {"x"}, {"a"})
                             .node("Cast", {"a"}, {"y"}, {onnx_attribute("to", std::int64_t{6})})
                             .output("y"));
  EXPECT_EQ(graph.nodes.size(), 2U);
}

TEST(DropIdentities, ChainsCollapse) {
  const Graph graph = without_identities(OnnxBuilder()
                                             .input("x", {3})
                                             .node("Relu", {"x"}, {"a"})
                                             .node("Identity", {"a"}, {"b"})
                                             .node("Dropout", {"b"}, {"c"})
                                             .node("Add", {"c", "b"}, {"y"})
                                             .output("y"));
  EXPECT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.find("b"), graph.find("a"));
  EXPECT_EQ(graph.find("c"), graph.find("a"));
  EXPECT_EQ(graph.nodes[1].inputs, (std::vector<ValueId>(2, graph.find("a"))));
}

TEST(DropIdentities, OutputsKeepTheirNames) {
  const Graph graph = without_identities(OnnxBuilder()
                                             .input("x", {3})
                                             .node("Relu", {"x"}, {"a"})
                                             .node("Identity", {"a"}, {"y"})
                                             .output("y"));
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "y");
  EXPECT_EQ(graph.find("a"), graph.outputs[0]);
}

TEST(DropIdentities, TwoOutputsOfTheSameContentStayTwo) {
  const Graph graph = without_identities(OnnxBuilder()
                                             .input("x", {3})
                                             .node("Relu", {"x"}, {"y"})
                                             .node("Identity", {"y"}, {"z"})
                                             .node("Identity", {"x"}, {"same as x"})
                                             .output("y")
                                             .output("z")
                                             .output("same as x"));
  EXPECT_EQ(graph.nodes.size(), 3U);
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "y");
  EXPECT_EQ(graph.value(graph.outputs[1]).name, "z");
  EXPECT_EQ(graph.value(graph.outputs[2]).name, "same as x");
  EXPECT_EQ(graph.value(graph.inputs[0]).name, "x");
}

}  // namespace
}  // namespace relcam
