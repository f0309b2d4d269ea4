#include "canonizers/fold_batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"

namespace relcam {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace relcam::testing;

Graph canonized(const OnnxBuilder& builder, bool fold) {
  Graph graph = read_onnx(builder.bytes());
  canonize(graph, {.fold_batch_norm = fold}, ThreadPool(1));
  return graph;
}

/// Parameters of a normalisation over four channels; two scales are negative.
OnnxBuilder& add_norm(OnnxBuilder& builder, const std::string& input, const std::string& output) {
  return builder.floats("scale", {4}, {1.5F, -0.5F, 2.0F, -1.0F})
      .floats("shift", {4}, {0.1F, 0.2F, -0.3F, 0.4F})
      .floats("mean", {4}, {0.5F, -0.5F, 1.0F, 0.0F})
      .floats("variance", {4}, {0.9F, 0.1F, 2.0F, 1.0F})
      .node("BatchNormalization", {input, "scale", "shift", "mean", "variance"}, {output},
            {onnx_attribute("epsilon", 1e-3F)});
}

OnnxBuilder convolution(bool with_bias) {
  OnnxBuilder builder;
  builder.input("x", {1, 3, 5, 6})
      .floats("w", {4, 3, 3, 3}, random_floats(108, 1))
      .floats("b", {4}, random_floats(4, 2))
      .node(
          "Conv",
          with_bias ? std::vector<std::string>{"x", "w", "b"} : std::vector<std::string>{"x", "w"},
          {"c"});
  add_norm(builder, "c", "n");
  builder.node("Relu", {"n"}, {"y"}).output("y");
  return builder;
}

/// A product [2, 5] x [5, 4] in the given form.
OnnxBuilder product(bool transposed, const Shape& bias) {
  OnnxBuilder builder;
  builder.input("x", {2, 5})
      .floats("w", transposed ? Shape{4, 5} : Shape{5, 4}, random_floats(20, 3))
      .floats("b", bias, random_floats(element_count(bias), 4))
      .node("Gemm", {"x", "w", "b"}, {"c"},
            {onnx_attribute("transB", std::int64_t{transposed}), onnx_attribute("alpha", 0.5F),
             onnx_attribute("beta", 2.0F)});
  add_norm(builder, "c", "y").output("y");
  return builder;
}

void expect_same_outputs(const OnnxBuilder& builder, std::size_t input_size) {
  const std::vector<float> input = random_floats(input_size, 9);
  const Graph folded = canonized(builder, true);
  const Graph kept = canonized(builder, false);
  EXPECT_LT(folded.nodes.size(), kept.nodes.size());
  const std::vector<float> want = run_graph(kept, input).at(0);
  const std::vector<float> got = run_graph(folded, input).at(0);
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 2e-5F) << i;
}

TEST(FoldBatchNorm, LeavesTheOutputsUnchanged) {
  expect_same_outputs(convolution(true), 90);
  expect_same_outputs(convolution(false), 90);
  expect_same_outputs(product(false, {4}), 10);
  expect_same_outputs(product(true, {1, 4}), 10);
  expect_same_outputs(product(true, {1}), 10);
  expect_same_outputs(product(false, {}), 10);
}

TEST(FoldBatchNorm, TheConvolutionComputesTheNormalisation) {
  const Graph graph = canonized(convolution(false), true);
  const Node& conv = graph.nodes.at(0);
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_EQ(conv.name, "n0");
  EXPECT_EQ(conv.outputs[0], graph.find("n"));
  EXPECT_EQ(conv.integer(kFoldedBatchNorm, 0), 1);
  EXPECT_EQ(graph.find("c"), kNoValue);
  EXPECT_THAT(graph.removed.at("c"), HasSubstr("BatchNormalization 'n1': ask for 'n'"));
}

TEST(FoldBatchNorm, OtherNamesOfTheConvolutionGoWithIt) {
  OnnxBuilder builder;
  builder.input("x", {1, 3, 5, 6})
      .floats("w", {4, 3, 3, 3}, random_floats(108, 1))
      .node("Conv", {"x", "w"}, {"c"})
      .node("Identity", {"c"}, {"also c"});
  const Graph graph = canonized(add_norm(builder, "also c", "y").output("y"), true);
  EXPECT_EQ(graph.nodes.size(), 1U);
  for (const char* name : {"c", "also c"}) {
    EXPECT_EQ(graph.find(name), kNoValue) << name;
    EXPECT_THAT(graph.removed.at(name), HasSubstr("ask for 'y'"));
  }
}

TEST(FoldBatchNorm, CountsNegativeScales) {
  for (const bool fold : {true, false}) {
    const Graph graph = canonized(convolution(true), fold);
    ASSERT_EQ(graph.batch_norms.size(), 1U);
    EXPECT_EQ(graph.batch_norms[0].node, "n1");
    EXPECT_EQ(graph.batch_norms[0].channels, 4U);
    EXPECT_EQ(graph.batch_norms[0].negative_scales, 2U);
    EXPECT_EQ(graph.batch_norms[0].folded, fold);
  }
}

TEST(FoldBatchNorm, ConvolutionsWithOtherReadersKeepTheirs) {
  OnnxBuilder builder;
  builder.input("x", {1, 3, 5, 6})
      .floats("w", {4, 3, 3, 3}, random_floats(108, 1))
      .node("Conv", {"x", "w"}, {"c"});
  add_norm(builder, "c", "n").node("Add", {"c", "n"}, {"y"}).output("y");
  const Graph graph = canonized(builder, true);
  EXPECT_EQ(graph.nodes.size(), 3U);
  EXPECT_FALSE(graph.batch_norms.at(0).folded);
  EXPECT_NE(graph.find("c"), kNoValue);
}

TEST(FoldBatchNorm, ConvolutionsThatAreOutputsKeepTheirs) {
  OnnxBuilder builder = convolution(false);
  builder.output("c");
  EXPECT_EQ(canonized(builder, true).nodes.size(), 3U);
}

TEST(FoldBatchNorm, NormalisationAfterOtherOperatorsStays) {
  OnnxBuilder builder;
  builder.input("x", {1, 4, 2, 2}).node("Relu", {"x"}, {"a"});
  add_norm(builder, "a", "y").output("y");
  const Graph graph = canonized(builder, true);
  EXPECT_EQ(graph.nodes.size(), 2U);
  EXPECT_THAT(graph.removed, IsEmpty());
}

}  // namespace
}  // namespace relcam
