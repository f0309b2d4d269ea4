#include "canonizers/logits.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;

/// Name of the logits when `tail` follows a value "z", each operator reading the one before.
std::string logits_before(const std::vector<std::string>& tail) {
  OnnxBuilder builder;
  builder.input("x", {1, 10}).node("Relu", {"x"}, {"z"});
  std::string last = "z";
  for (const std::string& op_type : tail) {
    const std::string output = last + "'";
    builder.node(op_type, {last}, {output});
    last = output;
  }
  const Graph graph = read_onnx(builder.output(last).bytes());
  return graph.value(logits_value(graph)).name;
}

TEST(LogitsValue, IsTheOutputOfAPlainClassifier) {
  EXPECT_EQ(logits_before({}), "z");
  EXPECT_EQ(logits_before({"Reshape"}), "z'");
  EXPECT_EQ(logits_before({"Sigmoid"}), "z'");
}

TEST(LogitsValue, LiesBeforeTheDecision) {
  EXPECT_EQ(logits_before({"Softmax"}), "z");
  EXPECT_EQ(logits_before({"LogSoftmax", "Identity"}), "z");
  EXPECT_EQ(logits_before({"Softmax", "ArgMax"}), "z");
  EXPECT_EQ(logits_before({"Squeeze", "Softmax", "Reshape", "TopK"}), "z'");
}

TEST(LogitsValue, SoftmaxInsideTheNetworkDoesNotCount) {
  EXPECT_EQ(logits_before({"Softmax", "MatMul"}), "z''");
}

TEST(LogitsValue, NeedsAnOutput) { EXPECT_THROW(logits_value(Graph{}), Error); }

}  // namespace
}  // namespace relcam
