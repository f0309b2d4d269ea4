#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"
#include "support/run_graph.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using ::testing::HasSubstr;

std::vector<OnnxMessage> branches(const OnnxBuilder& then_branch, const OnnxBuilder& else_branch) {
  return {onnx_graph_attribute("then_branch", then_branch.graph()),
          onnx_graph_attribute("else_branch", else_branch.graph())};
}

Graph canonical(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

/// As torch.squeeze is exported: the axis is dropped only where it has length 1.
OnnxBuilder squeeze_if_one(std::int64_t length) {
  return OnnxBuilder()
      .input("x", {2, length})
      .integers("one", {}, {1})
      .integers("axes", {1}, {1})
      .node("Shape", {"x"}, {"shape"})
      .node("Gather", {"shape", "one"}, {"length"})
      .node("Equal", {"length", "one"}, {"is_one"})
      .node("If", {"is_one"}, {"y"},
            branches(OnnxBuilder().node("Squeeze", {"x", "axes"}, {"s"}).output("s"),
                     OnnxBuilder().node("Sin", {"x"}, {"s"}).output("s")))
      .output("y");
}

TEST(Branches, AConditionKnownFromShapesChooses) {
  const Graph squeezed = canonical(squeeze_if_one(1));
  EXPECT_EQ(*squeezed.value(squeezed.outputs.front()).shape, (Shape{2}));
  const Graph kept = canonical(squeeze_if_one(3));
  EXPECT_EQ(*kept.value(kept.outputs.front()).shape, (Shape{2, 3}));
  ASSERT_EQ(kept.nodes.size(), 1U);
  EXPECT_EQ(kept.nodes.front().op_type, "Sin");
  EXPECT_EQ(kept.value(kept.outputs.front()).name, "y");
}

TEST(Branches, HideOuterNamesAndHoldConstants) {
  const OnnxBuilder inner =
      OnnxBuilder().floats("w", {2}, {10, 20}).node("Add", {"x", "w"}, {"h"}).output("h");
  const OnnxBuilder other = OnnxBuilder().node("Relu", {"x"}, {"h"}).output("h");
  const Graph graph = canonical(OnnxBuilder()
                                    .input("x", {1, 2})
                                    .floats("w", {2}, {1, 2})
                                    .integers("yes", {1}, {1})
                                    .node("Mul", {"x", "w"}, {"h"})
                                    .node("If", {"yes"}, {"z"}, branches(inner, other))
                                    .node("Add", {"z", "h"}, {"y"})
                                    .output("y"));
  // x + (10, 20) + x * (1, 2)
  EXPECT_THAT(run_graph(graph, {1.0F, 2.0F}).front(), ::testing::ElementsAre(12.0F, 26.0F));
}

TEST(Branches, NestAndGiveSeveralOutputs) {
  const OnnxBuilder leaf_a =
      OnnxBuilder().node("Relu", {"x"}, {"a"}).node("Neg", {"x"}, {"b"}).output("a").output("b");
  const OnnxBuilder leaf_b =
      OnnxBuilder().node("Neg", {"x"}, {"a"}).node("Relu", {"x"}, {"b"}).output("a").output("b");
  const OnnxBuilder nested = OnnxBuilder()
                                 .node("If", {"no"}, {"p", "q"}, branches(leaf_a, leaf_b))
                                 .output("p")
                                 .output("q");
  const Graph graph = canonical(OnnxBuilder()
                                    .input("x", {1, 2})
                                    .integers("yes", {}, {1})
                                    .integers("no", {}, {0})
                                    .node("If", {"yes"}, {"u", "v"}, branches(nested, leaf_a))
                                    .node("Sub", {"u", "v"}, {"y"})
                                    .output("y"));
  // -x - relu(x)
  EXPECT_THAT(run_graph(graph, {1.0F, -2.0F}).front(), ::testing::ElementsAre(-2.0F, 2.0F));
}

TEST(Branches, RefusesAConditionThatDependsOnTheInput) {
  const OnnxBuilder branch = OnnxBuilder().node("Relu", {"x"}, {"h"}).output("h");
  const OnnxBuilder builder = OnnxBuilder()
                                  .input("x", {1, 2})
                                  .input("flag", {1}, OnnxType::Bool)
                                  .node("If", {"flag"}, {"y"}, branches(branch, branch))
                                  .output("y");
  EXPECT_THAT(refusal(ErrorCode::UnsupportedOperator, [&] { canonical(builder); }),
              HasSubstr("If (1 node, 'n0'; export with control flow"));
}

TEST(Branches, RefusesMalformedIfs) {
  const auto message = [](const std::vector<OnnxMessage>& attributes,
                          const std::vector<std::string>& inputs) {
    const OnnxBuilder builder =
        OnnxBuilder().input("x", {1, 2}).node("If", inputs, {"y"}, attributes).output("y");
    return refusal(ErrorCode::InvalidModel, [&] { read_onnx(builder.bytes()); });
  };
  const OnnxBuilder one = OnnxBuilder().node("Relu", {"x"}, {"h"}).output("h");
  const OnnxBuilder two = OnnxBuilder(one).output("h");
  EXPECT_THAT(message({}, {"x"}), HasSubstr("two branches"));
  EXPECT_THAT(message(branches(one, one), {}), HasSubstr("one condition"));
  EXPECT_THAT(message(branches(one, two), {"x"}), HasSubstr("another number of outputs"));
  OnnxBuilder deep = one;
  for (int i = 0; i < 70; ++i) {
    OnnxBuilder next;
    next.node("If", {"x"}, {"h"}, branches(deep, one)).output("h");
    deep = next;
  }
  EXPECT_THAT(message(branches(deep, one), {"x"}), HasSubstr("more than 64 deep"));
}

}  // namespace
}  // namespace relcam
