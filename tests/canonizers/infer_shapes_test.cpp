#include "canonizers/infer_shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace relcam::testing;

Graph inferred(const OnnxBuilder& builder) {
  Graph graph = read_onnx(builder.bytes());
  infer_shapes(graph, ThreadPool(1));
  return graph;
}

const Constant& constant(const Graph& graph, const char* name) {
  return graph.value(graph.find(name)).constant.value();
}

std::string message_of(const OnnxBuilder& builder) {
  const Error error = error_of([&] { inferred(builder); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidModel);
  EXPECT_FALSE(error.node().empty());
  return error.what();
}

TEST(InferShapes, ShapeArithmeticVanishes) {
  const Graph graph = inferred(
      OnnxBuilder()
          .input("x", {"N", 3, 4, 5})
          .integers("first", {}, {0})
          .integers("rest", {1}, {-1})
          .integers("axis", {1}, {0})
          .node("Shape", {"x"}, {"shape"})
          .node("Gather", {"shape", "first"}, {"batch"})
          .node("Unsqueeze", {"batch", "axis"}, {"list"})
          .node("Concat", {"list", "rest"}, {"target"}, {onnx_attribute("axis", std::int64_t{0})})
          .node("Reshape", {"x", "target"}, {"y"})
          .output("y"));
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes[0].op_type, "Reshape");
  EXPECT_EQ(graph.value(graph.find("y")).shape, (Shape{1, 60}));
  EXPECT_THAT(constant(graph, "target").ints(), ElementsAre(1, -1));
}

TEST(InferShapes, IdentityOfAnInitializerSharesItsBytes) {
  const Graph graph = inferred(OnnxBuilder()
                                   .input("x", {3})
                                   .floats("w", {3}, {1, 2, 3})
                                   .node("Identity", {"w"}, {"copy"})
                                   .node("Add", {"x", "copy"}, {"y"})
                                   .output("y"));
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(constant(graph, "copy").bytes().data(), constant(graph, "w").bytes().data());
}

TEST(InferShapes, OnlyTheTypeOfWhatAConstantIsCastLikeMatters) {
  const Graph graph = inferred(OnnxBuilder()
                                   .input("x", {3})
                                   .integers("w", {3}, {1, 2, 3})
                                   .node("CastLike", {"w", "x"}, {"like"})
                                   .node("Add", {"x", "like"}, {"y"})
                                   .output("y"));
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(constant(graph, "like").dtype(), DType::Float32);
  EXPECT_THAT(constant(graph, "like").floats(), ElementsAre(1, 2, 3));
}

TEST(InferShapes, HalfPrecisionWeightsAreCastWithoutACopy) {
  const auto half = onnx_tensor("w", OnnxType::Float16, {2}, [](protozero::pbf_writer& writer) {
    writer.add_bytes(9, std::string("\x00\x3C\x00\xC0", 4));
  });
  const Graph graph =
      inferred(OnnxBuilder()
                   .initializer(half)
                   .node("Cast", {"w"}, {"float"}, {onnx_attribute("to", std::int64_t{1})})
                   .output("float"));
  EXPECT_THAT(constant(graph, "float").floats(), ElementsAre(1, -2));
  EXPECT_EQ(constant(graph, "float").bytes().data(), constant(graph, "w").bytes().data());
}

/// ONNX order must come back out of an operator that computes channels-last.
TEST(InferShapes, RunsOperatorsThatHaveNoFold) {
  const Graph graph = inferred(OnnxBuilder()
                                   .floats("image", {1, 2, 1, 3}, {1, 2, 3, 10, 20, 30})
                                   .floats("w", {2, 2, 1, 1}, {1, 1, 0, 2})
                                   .node("Conv", {"image", "w"}, {"y"})
                                   .output("y"));
  EXPECT_TRUE(graph.nodes.empty());
  EXPECT_THAT(constant(graph, "y").floats(), ElementsAre(11, 22, 33, 20, 40, 60));
  EXPECT_EQ(constant(graph, "y").shape(), (Shape{1, 2, 1, 3}));
}

TEST(InferShapes, WhatLiesBehindAnUnknownOperatorStaysUnknown) {
  const Graph graph = inferred(OnnxBuilder()
                                   .input("x", {3})
                                   .node("NoSuchOperator", {"x"}, {"a"})
                                   .node("Relu", {"a"}, {"b"})
                                   .node("Relu", {"x"}, {"c"})
                                   .output("b")
                                   .output("c"));
  EXPECT_FALSE(graph.value(graph.find("b")).shape);
  EXPECT_TRUE(graph.value(graph.find("c")).shape);
}

TEST(InferShapes, NamesTheNodeThatMakesNoSense) {
  EXPECT_THAT(message_of(OnnxBuilder()
                             .input("x", {3})
                             .floats("w", {2}, {1, 2})
                             .node("Add", {"x", "w"}, {"y"})
                             .output("y")),
              HasSubstr("Add node 'n0'"));
  EXPECT_THAT(message_of(OnnxBuilder().input("x", {3}).node("Relu", {}, {"y"}).output("y")),
              HasSubstr("Relu node 'n0'"));
  EXPECT_THAT(message_of(OnnxBuilder().input("x", {3}).node("Add", {"x", ""}, {"y"}).output("y")),
              HasSubstr("Add node 'n0'"));
  EXPECT_THAT(message_of(OnnxBuilder().input("x", {3}).node("Relu", {"x"}, {"y", "z"}).output("z")),
              HasSubstr("Relu node 'n0'"));
}

TEST(InferShapes, RefusesConstantsThatWouldFillTheMemory) {
  const std::int64_t large = 1LL << 29;
  EXPECT_THAT(message_of(OnnxBuilder()
                             .integers("size", {1}, {large})
                             .floats("one", {1}, {1})
                             .node("Expand", {"one", "size"}, {"y"})
                             .output("y")),
              HasSubstr("more than 1 GB"));
  EXPECT_THAT(message_of(OnnxBuilder()
                             .input("x", {1})
                             .integers("size", {2}, {large, large})
                             .node("Expand", {"x", "size"}, {"y"})
                             .output("y")),
              HasSubstr("Expand node 'n0'"));
}

}  // namespace
}  // namespace relcam
