#include "support/run_node.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "support/refusal.h"
#include "support/run_graph.h"

namespace relcam::testing {
namespace {

Graph canonized(const NodeFixture& node) {
  Graph graph = node.view().graph;
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

}  // namespace

std::vector<std::vector<float>> run_node(const NodeFixture& node,
                                         const std::vector<std::vector<float>>& inputs) {
  return run_graph(canonized(node), inputs);
}

Shape run_shape(const NodeFixture& node) {
  const Graph graph = canonized(node);
  return onnx_shape(graph.value(graph.outputs.at(0)));
}

void expect_refused(const NodeFixture& node, ErrorCode code, const std::string& part) {
  const std::string message = refusal(code, [&] { canonized(node); });
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

}  // namespace relcam::testing
