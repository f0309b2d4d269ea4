#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "canonizers/canonize.h"
#include "onnx/read_onnx.h"
#include "support/expect.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/run_graph.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Integers compared(const std::string& type, Constant a, Constant b) {
  NodeFixture node(type);
  node.constant(std::move(a)).constant(std::move(b));
  EXPECT_EQ(node.infer()[0].dtype, DType::Bool);
  const Constant result = node.fold()[0];
  EXPECT_EQ(result.dtype(), DType::Bool);
  return result.ints();
}

TEST(Comparison, Integers64AreComparedExactly) {
  const Constant a = Constant::from_ints({3}, {(1LL << 53) + 1, 2, 3});
  const Constant b = Constant::from_ints({3}, {1LL << 53, 2, 4});
  EXPECT_EQ(compared("Equal", a, b), (Integers{0, 1, 0}));
  EXPECT_EQ(compared("Greater", a, b), (Integers{1, 0, 0}));
  EXPECT_EQ(compared("GreaterOrEqual", a, b), (Integers{1, 1, 0}));
  EXPECT_EQ(compared("Less", a, b), (Integers{0, 0, 1}));
  EXPECT_EQ(compared("LessOrEqual", a, b), (Integers{0, 1, 1}));
}

TEST(Comparison, FloatsBroadcast) {
  EXPECT_EQ(compared("Less", Constant::from_floats({2, 1}, {0.25F, 0.75F}),
                     Constant::from_floats({2}, {0.5F, 1.0F})),
            (Integers{1, 1, 0, 1}));
}

TEST(Comparison, Logic) {
  const Constant a = Constant::from_bools({4}, {0, 0, 1, 1});
  const Constant b = Constant::from_bools({4}, {0, 1, 0, 1});
  EXPECT_EQ(compared("And", a, b), (Integers{0, 0, 0, 1}));
  EXPECT_EQ(compared("Or", a, b), (Integers{0, 1, 1, 1}));
  EXPECT_EQ(compared("Xor", a, b), (Integers{0, 1, 1, 0}));
  NodeFixture inverse("Not");
  inverse.constant(a);
  EXPECT_EQ(inverse.fold()[0].ints(), (Integers{1, 1, 0, 0}));
}

TEST(Comparison, FindsNaN) {
  NodeFixture node("IsNaN");
  node.constant(Constant::from_floats({2}, {std::nanf(""), 1.0F}));
  EXPECT_EQ(node.fold()[0].ints(), (Integers{1, 0}));
}

TEST(Comparison, RefusesMixedTypes) {
  NodeFixture node("Equal");
  node.constant(Constant::from_floats({1}, {1.0F})).constant(Constant::from_ints({1}, {1}));
  expect_error(ErrorCode::InvalidModel, "mix", [&] { node.infer(); });
}

using Floats = std::vector<float>;

Floats compared_live(const std::string& type, Floats a, Floats b) {
  NodeFixture node(type);
  const auto count = static_cast<std::int64_t>(a.size());
  node.live({count}).live({count});
  return node.forward({std::move(a), std::move(b)})[0];
}

TEST(Comparison, LiveValuesGiveOnesAndZeros) {
  const Floats a = {-1.0F, 0.5F, 2.0F, std::nanf("")};
  const Floats b = {0.0F, 0.5F, 1.0F, 1.0F};
  EXPECT_EQ(compared_live("Equal", a, b), (Floats{0, 1, 0, 0}));
  EXPECT_EQ(compared_live("Greater", a, b), (Floats{0, 0, 1, 0}));
  EXPECT_EQ(compared_live("GreaterOrEqual", a, b), (Floats{0, 1, 1, 0}));
  EXPECT_EQ(compared_live("Less", a, b), (Floats{1, 0, 0, 0}));
  EXPECT_EQ(compared_live("LessOrEqual", a, b), (Floats{1, 1, 0, 0}));
}

TEST(Comparison, LiveLogic) {
  const Floats a = {0, 0, 1, 1};
  const Floats b = {0, 1, 0, 1};
  EXPECT_EQ(compared_live("And", a, b), (Floats{0, 0, 0, 1}));
  EXPECT_EQ(compared_live("Or", a, b), (Floats{0, 1, 1, 1}));
  EXPECT_EQ(compared_live("Xor", a, b), (Floats{0, 1, 1, 0}));
}

TEST(Comparison, LiveOpposites) {
  for (const auto& [type, want] : {std::pair{"Not", Floats{0, 1, 0}}, {"IsNaN", Floats{0, 0, 1}}}) {
    OnnxBuilder builder;
    builder.input("x", {3})
        .node("Cast", {"x"}, {"bool"}, {onnx_attribute("to", std::int64_t{9})})
        .node(type, {std::string(type) == "Not" ? "bool" : "x"}, {"truth"})
        .node("Cast", {"truth"}, {"y"}, {onnx_attribute("to", std::int64_t{1})})
        .output("y");
    Graph graph = read_onnx(builder.bytes());
    canonize(graph, {}, ThreadPool(1));
    EXPECT_EQ(run_graph(graph, Floats{-2.0F, 0.0F, std::nanf("")})[0], want) << type;
  }
}

TEST(Comparison, OthersExistOnConstantsOnly) {
  for (const char* type : {"Mod", "NonZero", "ArgMax", "TopK"}) {
    EXPECT_EQ(find_op(type, "")->prepare, nullptr) << type;
  }
}

}  // namespace
}  // namespace relcam::testing
