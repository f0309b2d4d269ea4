#include "canonizers/cut_decisions.h"

#include <gtest/gtest.h>

#include "canonizers/canonize.h"
#include "canonizers/logits.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using testing::OnnxBuilder;

Graph canonized(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

std::vector<std::string> output_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs) names.push_back(graph.value(id).name);
  return names;
}

using Names = std::vector<std::string>;

TEST(CutDecisions, RankingsGiveWayToScores) {
  const Graph arg = canonized(OnnxBuilder()
                                  .input("x", {1, 10})
                                  .node("Relu", {"x"}, {"z"})
                                  .node("Softmax", {"z"}, {"p"})
                                  .node("ArgMax", {"p"}, {"a"})
                                  .node("Squeeze", {"a"}, {"y"})
                                  .output("y"));
  EXPECT_EQ(output_names(arg), (Names{"p"}));
  EXPECT_EQ(arg.value(logits_value(arg)).name, "z");
  EXPECT_EQ(arg.removed.at("y"), "it decides on the classes by 'p'");
  const Graph top = canonized(OnnxBuilder()
                                  .input("x", {1, 10})
                                  .integers("k", {1}, {5})
                                  .node("Relu", {"x"}, {"z"})
                                  .node("TopK", {"z", "k"}, {"values", "indices"})
                                  .output("values")
                                  .output("indices"));
  EXPECT_EQ(output_names(top), (Names{"z"}));
}

TEST(CutDecisions, ThresholdsGiveWayToScores) {
  const Graph graph = canonized(OnnxBuilder()
                                    .input("x", {1, 10})
                                    .floats("half", {}, {0.5F})
                                    .node("Relu", {"x"}, {"z"})
                                    .node("Sigmoid", {"z"}, {"p"})
                                    .node("Greater", {"p", "half"}, {"y"})
                                    .output("y"));
  EXPECT_EQ(output_names(graph), (Names{"p"}));
}

TEST(CutDecisions, OtherOutputsStay) {
  const Graph graph = canonized(OnnxBuilder()
                                    .input("x", {1, 10})
                                    .node("Relu", {"x"}, {"z"})
                                    .node("ArgMax", {"z"}, {"label"})
                                    .node("Sigmoid", {"z"}, {"p"})
                                    .output("label")
                                    .output("p"));
  EXPECT_EQ(output_names(graph), (Names{"z", "p"}));
}

}  // namespace
}  // namespace relcam
