#include "canonizers/merge_fake_quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "session/session.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"

namespace relcam {
namespace {

using testing::OnnxBuilder;
using testing::OnnxType;

/// A small network; `quantized` puts QuantizeLinear and DequantizeLinear behind its ReLU.
OnnxBuilder network(bool quantized, float read_scale = 0.01F) {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 4, 4})
      .floats("w", {3, 2, 3, 3}, testing::random_floats(54, 1))
      .floats("m", {3, 5}, testing::random_floats(15, 2))
      .node("Conv", {"x", "w"}, {"c"})
      .node("Relu", {"c"}, {"r"});
  if (quantized) {
    const auto zero = [](protozero::pbf_writer& tensor) {
      tensor.add_bytes(9, std::string(1, '\0'));
    };
    builder.floats("s", {}, {0.01F})
        .floats("t", {}, {read_scale})
        .initializer(testing::onnx_tensor("z", OnnxType::UInt8, {}, zero))
        .node("QuantizeLinear", {"r", "s", "z"}, {"q"})
        .node("DequantizeLinear", {"q", "t", "z"}, {"d"});
  }
  builder.node("GlobalAveragePool", {quantized ? "d" : "r"}, {"p"})
      .node("Flatten", {"p"}, {"f"})
      .node("MatMul", {"f", "m"}, {"y"})
      .output("y");
  return builder;
}

std::ptrdiff_t count(const Graph& graph, const std::string& type) {
  return std::ranges::count(graph.nodes, type, &Node::op_type);
}

TEST(MergeFakeQuantize, APairBecomesOneNodeOfRealValues) {
  Graph graph = read_onnx(network(true).bytes());
  canonize(graph, {}, ThreadPool(1));
  EXPECT_EQ(count(graph, "FakeQuantize"), 1) << dump(graph);
  EXPECT_EQ(count(graph, "QuantizeLinear") + count(graph, "DequantizeLinear"), 0) << dump(graph);
  EXPECT_EQ(graph.find("q"), graph.find("d"));
  const auto input = testing::random_floats(32, 5);
  const auto rounded = testing::run_graph(graph, input)[0];
  Graph plain = read_onnx(network(false).bytes());
  canonize(plain, {}, ThreadPool(1));
  const auto exact = testing::run_graph(plain, input)[0];
  for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(rounded[i], exact[i], 0.03F);
  EXPECT_NE(rounded, exact);
}

TEST(MergeFakeQuantize, DifferentScalesStayApart) {
  Graph graph = read_onnx(network(true, 0.02F).bytes());
  canonize(graph, {}, ThreadPool(1));
  EXPECT_EQ(count(graph, "FakeQuantize"), 0) << dump(graph);
  EXPECT_EQ(count(graph, "QuantizeLinear"), 1) << dump(graph);
}

/// Maps of the quantised network are those of the float one, but for rounding.
TEST(MergeFakeQuantize, RelevanceAndGradientsPass) {
  const auto input = testing::random_floats(32, 5);
  for (const char* method : {"relevance-cam", "grad-cam", "lrp"}) {
    std::vector<std::vector<float>> maps;
    for (const bool quantized : {false, true}) {
      Session session = Session::load(network(quantized).bytes(), {});
      session.set_input(input);
      ExplainRequest request;
      request.method = method;
      request.layers = {"r"};
      const auto job = session.start_explain(request);
      while (job->step()) continue;
      maps.push_back(session.explanation().results.at(0).data);
    }
    ASSERT_EQ(maps[0].size(), maps[1].size());
    const float most = std::ranges::max(maps[0]);
    EXPECT_GT(most, 0.0F) << method;
    for (std::size_t i = 0; i < maps[0].size(); ++i) {
      EXPECT_NEAR(maps[1][i], maps[0][i], 0.05F * most) << method;
    }
  }
}

}  // namespace
}  // namespace relcam
