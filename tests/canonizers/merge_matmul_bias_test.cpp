#include "canonizers/merge_matmul_bias.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "ops/op.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"
#include "support/written_formula.h"

namespace relcam {
namespace {

using namespace relcam::testing;

Graph canonized(const std::vector<OnnxDimension>& input, const Shape& bias, bool bias_first) {
  OnnxBuilder builder;
  builder.input("x", input)
      .floats("w", {3, 2}, {1, 2, 3, 4, 5, 6})
      .floats("b", bias, random_floats(element_count(bias), 5))
      .node("MatMul", {"x", "w"}, {"p"})
      .node("Add",
            bias_first ? std::vector<std::string>{"b", "p"} : std::vector<std::string>{"p", "b"},
            {"y"})
      .output("y");
  Graph graph = read_onnx(builder.bytes());
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

TEST(MergeMatmulBias, ProductAndBiasBecomeGemm) {
  for (const bool bias_first : {true, false}) {
    const Graph graph = canonized({2, 3}, {2}, bias_first);
    ASSERT_EQ(graph.nodes.size(), 1U);
    EXPECT_EQ(graph.nodes[0].op_type, "Gemm");
    const std::vector<float> bias = random_floats(2, 5);
    const std::vector<float> y = run_graph(graph, {1, 0, 0, 0, 1, 1}).at(0);
    const std::vector<float> want = {1 + bias[0], 2 + bias[1], 8 + bias[0], 10 + bias[1]};
    for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(y[i], want[i], 1e-6F);
    EXPECT_TRUE(graph.removed.contains("p"));
  }
}

TEST(MergeMatmulBias, TokensKeepTheirProduct) {
  for (const bool bias_first : {true, false}) {
    WrittenFormula f({1, 4, 3});
    const std::string product = f("MatMul", {"x", f.constant({3, 2}, random_floats(6, 1))});
    const std::string bias = f.constant({2}, random_floats(2, 2));
    f("Add", bias_first ? std::vector{bias, product} : std::vector{product, bias});
    EXPECT_THAT(f.operators(), ::testing::ElementsAre("MatMul"));
    EXPECT_TRUE(f.canonized().removed.contains(product));
    f.expect_unchanged();
  }
}

/// Relevance rules see the bias as they see that of a Gemm.
TEST(MergeMatmulBias, TheLinearMapHasTheBias) {
  const Graph graph = canonized({1, 4, 3}, {2}, true);
  ASSERT_EQ(graph.nodes.size(), 1U);
  const ThreadPool pool(1);
  const auto operation = find_op("MatMul", "")->prepare({graph, graph.nodes[0]}, pool);
  EXPECT_THAT(operation->linear()->bias(), ::testing::ElementsAreArray(random_floats(2, 5)));
}

TEST(MergeMatmulBias, OtherFormsStay) {
  EXPECT_EQ(canonized({1, 2, 3}, {1, 2, 2}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({1, 2, 3}, {1, 1, 1, 2}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({1, 2, 3}, {1}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({2, 3}, {2, 2}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({2, 3}, {1}, false).nodes.size(), 2U);
}

}  // namespace
}  // namespace relcam
