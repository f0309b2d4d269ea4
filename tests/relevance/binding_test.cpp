#include "relevance/binding.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "canonizers/canonize.h"
#include "composites/custom.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

/// x feeds two dense layers whose sum passes a rectifier and a third to y; a fourth leads to
/// another output.
class BindingTest : public ::testing::Test {
 protected:
  static Graph graph() {
    const std::vector<float> weights{1.0F, 2.0F, 3.0F, 4.0F};
    Graph graph = read_onnx(testing::OnnxBuilder()
                                .input("x", {1, 2})
                                .floats("w", {2, 2}, weights)
                                .node("Gemm", {"x", "w"}, {"left"})
                                .node("Gemm", {"x", "w"}, {"right"})
                                .node("Add", {"left", "right"}, {"sum"})
                                .node("Relu", {"sum"}, {"rectified"})
                                .node("Gemm", {"rectified", "w"}, {"y"})
                                .node("Gemm", {"rectified", "w"}, {"aside"})
                                .output("y")
                                .output("aside")
                                .bytes(),
                            {});
    canonize(graph, {}, ThreadPool(1));
    return graph;
  }

  ValueId value(std::string_view name) const {
    const auto& values = program_.graph().values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].name == name) return static_cast<ValueId>(i);
    }
    return kNoValue;
  }

  Binding bind(const std::vector<RuleRow>& rows, std::string_view start = "y") const {
    return {program_, make_custom_composite(rows), value(start), {value("x")}};
  }

  /// The name of each bound node's rule, by the node's output.
  std::map<std::string, std::string> rules(const Binding& binding) const {
    std::map<std::string, std::string> result;
    for (const BoundNode& bound : binding.nodes()) {
      const ValueId output = program_.node(bound.node).outputs.front();
      result[program_.graph().value(output).name] = bound.rule->name();
    }
    return result;
  }

  std::string refusal(const std::vector<RuleRow>& rows) const {
    return testing::refusal(ErrorCode::UncoveredNode, [&] { bind(rows); });
  }

  ThreadPool pool_{1};
  Program program_{graph(), pool_};
};

TEST_F(BindingTest, KnowsLinearNodesWithoutOneBeforeOrAfter) {
  const std::vector<RuleRow> rows = {{.position = "first", .rule = "flat"},
                                     {.position = "last", .rule = "epsilon"},
                                     {.op_type = "Gemm", .rule = "gamma"}};
  const auto from_y = rules(bind(rows));
  EXPECT_EQ(from_y.at("left"), "flat");
  EXPECT_EQ(from_y.at("right"), "flat");
  EXPECT_EQ(from_y.at("y"), "epsilon");
  EXPECT_FALSE(from_y.contains("aside"));
}

TEST_F(BindingTest, TheLastLinearNodeIsTheLastBeforeTheStart) {
  const std::vector<RuleRow> rows = {{.position = "last", .rule = "epsilon"}};
  const auto from_inside = rules(bind(rows, "rectified"));
  EXPECT_EQ(from_inside.at("left"), "epsilon");
  EXPECT_EQ(from_inside.at("right"), "epsilon");
}

TEST_F(BindingTest, RowsAreChosenByTheOutputTensor) {
  const std::vector<RuleRow> rows = {{.tensor = "l?f*", .rule = "flat"},
                                     {.op_type = "Gemm", .rule = "gamma"}};
  EXPECT_EQ(rules(bind(rows)).at("left"), "flat");
  EXPECT_EQ(rules(bind(rows)).at("right"), "gamma");
}

TEST_F(BindingTest, RefusesNodesWithoutARowAndRulesThatCannotServe) {
  EXPECT_NE(refusal({{.position = "first", .rule = "flat"}}).find("Gemm (1 node"),
            std::string::npos);
  const std::string unfit =
      refusal({{.op_type = "Gemm", .rule = "gamma"}, {.op_type = "Relu", .rule = "epsilon"}});
  EXPECT_NE(unfit.find("'epsilon' of row 2"), std::string::npos) << unfit;
  EXPECT_NE(unfit.find("Relu node 'n3'"), std::string::npos) << unfit;
}

}  // namespace
}  // namespace relcam
