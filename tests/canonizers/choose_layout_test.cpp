#include "canonizers/choose_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace relcam::testing;

Graph canonized(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

std::vector<std::string> types_of(const Graph& graph) {
  std::vector<std::string> types;
  for (const Node& node : graph.nodes) types.push_back(node.op_type);
  return types;
}

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

/// A 1x1 convolution that leaves its two channels as they are.
OnnxBuilder& add_unit_conv(OnnxBuilder& builder, const std::string& from, const std::string& to) {
  if (from == "x") builder.floats("unit", {2, 2, 1, 1}, {1, 0, 0, 1});
  return builder.node("Conv", {from, "unit"}, {to});
}

/// x [1,2,2,3] -> unit convolution -> c
OnnxBuilder after_conv() {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 2, 3});
  return add_unit_conv(builder, "x", "c");
}

TEST(ChooseLayout, ImagesAreChannelsLastFromTheInputOn) {
  const Graph graph = canonized(after_conv().node("Relu", {"c"}, {"y"}).output("y"));
  EXPECT_THAT(types_of(graph), ElementsAre("Conv", "Relu"));
  for (const char* name : {"x", "c", "y"}) {
    const Value& value = graph.value(graph.find(name));
    EXPECT_EQ(value.layout, Layout::ChannelsLast) << name;
    EXPECT_EQ(value.shape, (Shape{1, 2, 3, 2})) << name;
  }
  EXPECT_EQ(run_graph(graph, counting(12)).at(0), counting(12));
}

TEST(ChooseLayout, BroadcastConstantsFollow) {
  const std::vector<float> x = counting(12);
  const auto added = [&x](const Shape& shape, const std::vector<float>& values) {
    const Graph graph = canonized(
        after_conv().floats("k", shape, values).node("Add", {"c", "k"}, {"y"}).output("y"));
    EXPECT_THAT(types_of(graph), ElementsAre("Conv", "Add"));
    std::vector<float> differences = run_graph(graph, x).at(0);
    for (std::size_t i = 0; i < x.size(); ++i) differences[i] -= x[i];
    return differences;
  };
  EXPECT_THAT(added({}, {5}), ElementsAre(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5));
  EXPECT_THAT(added({2, 1, 1}, {1, 2}), ElementsAre(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(added({1, 2, 1, 1}, {1, 2}), ElementsAre(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(added({3}, {1, 2, 3}), ElementsAre(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3));
  EXPECT_THAT(added({2, 1}, {1, 2}), ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
  EXPECT_THAT(added({2, 2, 3}, counting(12)), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST(ChooseLayout, AConstantWithTwoReadersIsPermutedForTheImageOnly) {
  const Graph graph = canonized(after_conv()
                                    .input("plain", {2, 2, 3})
                                    .floats("k", {2, 1, 1}, {1, 2})
                                    .node("Add", {"c", "k"}, {"y"})
                                    .node("Add", {"plain", "k"}, {"z"})
                                    .output("y")
                                    .output("z"));
  const auto shape_of_constant = [&graph](std::size_t node) {
    return graph.value(graph.nodes.at(node).inputs[1]).constant->shape();
  };
  EXPECT_EQ(shape_of_constant(1), (Shape{1, 1, 1, 2}));
  EXPECT_EQ(shape_of_constant(2), (Shape{2, 1, 1}));
}

TEST(ChooseLayout, AxisAttributesFollow) {
  const Graph graph =
      canonized(after_conv()
                    .node("Concat", {"c", "c"}, {"y"}, {onnx_attribute("axis", std::int64_t{1})})
                    .output("y"));
  EXPECT_THAT(types_of(graph), ElementsAre("Conv", "Concat"));
  std::vector<float> twice = counting(12);
  twice.insert(twice.end(), twice.begin(), twice.begin() + 12);
  EXPECT_EQ(run_graph(graph, counting(12)).at(0), twice);
}

TEST(ChooseLayout, FlattenConvertsOnce) {
  const Graph graph = canonized(after_conv()
                                    .node("Flatten", {"c"}, {"f"})
                                    .node("Flatten", {"c"}, {"g"})
                                    .output("f")
                                    .output("g"));
  EXPECT_THAT(types_of(graph), ElementsAre("Conv", "Transpose", "Flatten", "Flatten"));
  EXPECT_EQ(run_graph(graph, counting(12)).at(0), counting(12));
}

TEST(ChooseLayout, SinglePixelsAndSingleChannelsConvertWithoutMovingBytes) {
  const Graph pooled = canonized(after_conv()
                                     .node("GlobalAveragePool", {"c"}, {"p"})
                                     .node("Flatten", {"p"}, {"y"})
                                     .output("y"));
  EXPECT_THAT(types_of(pooled), ElementsAre("Conv", "GlobalAveragePool", "Reshape", "Flatten"));
  EXPECT_EQ(run_graph(pooled, counting(12)).at(0), (std::vector<float>{3.5F, 9.5F}));
}

/// What tf2onnx writes: an NHWC input and a Transpose before the first convolution.
TEST(ChooseLayout, ATransposeThatIsTheConversionMovesNothing) {
  OnnxBuilder builder;
  builder.input("image", {1, 2, 3, 2})
      .node("Transpose", {"image"}, {"x"},
            {onnx_attribute("perm", std::vector<std::int64_t>{0, 3, 1, 2})});
  add_unit_conv(builder, "x", "c")
      .node("Transpose", {"c"}, {"y"},
            {onnx_attribute("perm", std::vector<std::int64_t>{0, 2, 3, 1})})
      .output("y");
  const Graph graph = canonized(builder);
  EXPECT_THAT(types_of(graph), ElementsAre("Identity", "Conv", "Identity"));
  EXPECT_EQ(graph.value(graph.inputs[0]).layout, Layout::Plain);
  EXPECT_EQ(graph.value(graph.find("x")).layout, Layout::ChannelsLast);
  EXPECT_EQ(graph.value(graph.find("y")).layout, Layout::Plain);
  EXPECT_EQ(run_graph(graph, counting(12)).at(0), counting(12));
}

TEST(ChooseLayout, OtherTransposesPermutePhysicalAxes) {
  const Graph graph =
      canonized(after_conv()
                    .node("Transpose", {"c"}, {"t"},
                          {onnx_attribute("perm", std::vector<std::int64_t>{0, 1, 3, 2})})
                    .output("t"));
  EXPECT_THAT(types_of(graph), ElementsAre("Conv", "Transpose"));
  EXPECT_THAT(run_graph(graph, counting(12)).at(0),
              ElementsAre(1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12));
}

TEST(ChooseLayout, LiveOperandsOfOtherRankForceOnnxOrder) {
  const Graph graph = canonized(after_conv()
                                    .integers("axis", {1}, {0})
                                    .integers("column", {2}, {2, 1})
                                    .node("ReduceMax", {"c"}, {"m"},
                                          {onnx_attribute("keepdims", std::int64_t{0}),
                                           onnx_attribute("axes", std::vector<std::int64_t>{0, 1})})
                                    .node("Add", {"c", "m"}, {"y"})
                                    .output("y"));
  EXPECT_EQ(graph.value(graph.find("y")).layout, Layout::Plain);
  EXPECT_THAT(run_graph(graph, counting(12)).at(0),
              ElementsAre(8, 10, 12, 14, 16, 18, 14, 16, 18, 20, 22, 24));
}

TEST(ChooseLayout, GraphsWithoutSpatialOperatorsStayAsTheyAre) {
  const Graph graph =
      canonized(OnnxBuilder().input("x", {1, 2, 2, 3}).node("Relu", {"x"}, {"y"}).output("y"));
  EXPECT_THAT(types_of(graph), ElementsAre("Relu"));
  EXPECT_EQ(graph.value(graph.find("y")).layout, Layout::Plain);
}

TEST(ChooseLayout, PreparationBeforeTheFirstConvolutionJoinsIt) {
  OnnxBuilder builder;
  builder.input("raw", {1, 2, 2, 3})
      .floats("mean", {1, 2, 1, 1}, {1, 2})
      .node("Sub", {"raw", "mean"}, {"x"});
  const Graph graph = canonized(add_unit_conv(builder, "x", "y").output("y"));
  EXPECT_THAT(types_of(graph), ElementsAre("Sub", "Conv"));
  EXPECT_EQ(graph.value(graph.inputs[0]).layout, Layout::ChannelsLast);
  EXPECT_THAT(run_graph(graph, counting(12)).at(0),
              ElementsAre(0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10));
}

}  // namespace
}  // namespace relcam
