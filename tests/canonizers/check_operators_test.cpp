#include "canonizers/check_operators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

using namespace relcam::testing;

/// "" when everything is supported.
std::string objection(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  try {
    canonize(graph, {}, ThreadPool(1));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedOperator) << error.what();
    return error.what();
  }
  return "";
}

TEST(CheckOperators, ListsAllUnknownOperatorsAtOnce) {
  EXPECT_EQ(objection(OnnxBuilder()
                          .input("x", {3})
                          .node("Warp", {"x"}, {"a"})
                          .node("Relu", {"a"}, {"b"})
                          .node("Warp", {"b"}, {"c"})
                          .node("Attention", {"c"}, {"y"}, {}, "com.microsoft")
                          .output("y")),
            "unsupported operators: Warp (2 nodes, first 'n0'), com.microsoft.Attention (1 node, "
            "'n3'; export without ONNX Runtime's graph optimisations); opset 17");
}

TEST(CheckOperators, SaysWhatToExportInstead) {
  const std::string message = objection(OnnxBuilder()
                                            .input("x", {3})
                                            .node("Loop", {"", "", "x"}, {"a"})
                                            .node("NonMaxSuppression", {"a"}, {"b"})
                                            .node("LSTM", {"b"}, {"y"})
                                            .output("y"));
  EXPECT_THAT(message, ::testing::HasSubstr("Loop (1 node, 'n0'; export with control flow"));
  EXPECT_THAT(message, ::testing::HasSubstr(
                           "NonMaxSuppression (1 node, 'n1'; export the classifier without"));
  EXPECT_THAT(message, ::testing::HasSubstr("LSTM (1 node, 'n2'; recurrent layers"));
}

TEST(CheckOperators, DeadNodesDoNotCount) {
  EXPECT_EQ(objection(OnnxBuilder()
                          .input("x", {3})
                          .node("Relu", {"x"}, {"y"})
                          .node("Warp", {"x"}, {"unused"})
                          .output("y")),
            "");
}

TEST(CheckOperators, OperatorsOnConstantsThatWereFoldedDoNotCount) {
  EXPECT_EQ(objection(OnnxBuilder()
                          .input("x", {2, 3})
                          .node("Shape", {"x"}, {"shape"})
                          .node("ConstantOfShape", {"shape"}, {"zeros"})
                          .node("Add", {"x", "zeros"}, {"y"})
                          .output("y")),
            "");
}

TEST(CheckOperators, ManyUnknownOperatorsTakeLinearTimeAndAShortMessage) {
  OnnxBuilder builder;
  builder.input("x0", {3});
  constexpr int kNodes = 100'000;
  for (int i = 0; i < kNodes; ++i) {
    const std::string number = std::to_string(i);
    builder.node("Warp" + number, {"x" + number}, {"x" + std::to_string(i + 1)});
  }
  const std::string message = objection(builder.output("x" + std::to_string(kNodes)));
  EXPECT_THAT(message, ::testing::EndsWith("Warp49 (1 node, 'n49') and 99950 more; opset 17"));
}

TEST(CheckOperators, SaysWhyAFormOfAKnownOperatorIsRefused) {
  const std::vector<OnnxMessage> training = {onnx_attribute("training_mode", std::int64_t{1})};
  const std::string message =
      objection(OnnxBuilder()
                    .input("x", {1, 1, 2, 2})
                    .floats("p", {1}, {1})
                    .node("BatchNormalization", {"x", "p", "p", "p", "p"}, {"a"}, training)
                    .node("Warp", {"a"}, {"y"})
                    .output("y"));
  EXPECT_THAT(message, ::testing::HasSubstr("BatchNormalization (1 node, 'n0': "));
  EXPECT_THAT(message, ::testing::HasSubstr("training mode"));
  EXPECT_THAT(message, ::testing::HasSubstr("Warp (1 node, 'n1')"));
}

}  // namespace
}  // namespace relcam
