#include "canonizers/merge_matmul_bias.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"

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

TEST(MergeMatmulBias, OtherFormsStay) {
  EXPECT_EQ(canonized({1, 2, 3}, {2}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({2, 3}, {2, 2}, false).nodes.size(), 2U);
  EXPECT_EQ(canonized({2, 3}, {1}, false).nodes.size(), 2U);
}

}  // namespace
}  // namespace relcam
