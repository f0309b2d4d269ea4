#include "onnx/function_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "onnx/read_onnx.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using ::testing::HasSubstr;

const std::string kDomain = "custom";

OnnxBuilder model_calling(const OnnxFunction& function,
                          const std::vector<OnnxMessage>& attributes = {}) {
  return OnnxBuilder()
      .input("x", {1, 2})
      .node(function.name, {"x"}, {"y"}, attributes, kDomain)
      .output("y")
      .function(function);
}

std::string dumped(const OnnxBuilder& builder) { return dump(read_onnx(builder.bytes())); }

std::string refusal_of(const OnnxBuilder& builder, ErrorCode expected = ErrorCode::InvalidModel) {
  return refusal(expected, [&] { read_onnx(builder.bytes()); });
}

OnnxFunction twice_relu() {
  return {.domain = kDomain,
          .name = "Twice",
          .inputs = {"a"},
          .outputs = {"b"},
          .nodes = {onnx_node("first", "Relu", {"a"}, {"mid"}),
                    onnx_node("second", "Tanh", {"mid"}, {"b"})}};
}

TEST(Functions, BodiesTakeTheirCallsPlace) {
  const std::string inlined = dumped(model_calling(twice_relu()));
  const std::string flat = dumped(OnnxBuilder()
                                      .input("x", {1, 2})
                                      .raw_node(onnx_node("y/first", "Relu", {"x"}, {"y/mid"}))
                                      .raw_node(onnx_node("y/second", "Tanh", {"y/mid"}, {"y"}))
                                      .output("y"));
  EXPECT_EQ(inlined, flat);
}

TEST(Functions, EveryCallHasTensorsOfItsOwn) {
  const Graph graph = read_onnx(OnnxBuilder()
                                    .input("x", {1, 2})
                                    .node("Twice", {"x"}, {"h"}, {}, kDomain)
                                    .node("Twice", {"h"}, {"y"}, {}, kDomain)
                                    .output("y")
                                    .function(twice_relu())
                                    .bytes());
  ASSERT_EQ(graph.nodes.size(), 4U);
  EXPECT_NE(graph.find("h/mid"), kNoValue);
  EXPECT_NE(graph.find("y/mid"), kNoValue);
}

TEST(Functions, AModelsOwnNamesWinOverThoseOfBodies) {
  const Graph graph = read_onnx(OnnxBuilder()
                                    .input("x", {1, 2})
                                    .node("Twice", {"x"}, {"h"}, {}, kDomain)
                                    .node("Sin", {"h"}, {"h/mid"})
                                    .output("h/mid")
                                    .function(twice_relu())
                                    .bytes());
  EXPECT_EQ(graph.find("h/mid"), graph.outputs.front());
  EXPECT_NE(graph.find("h/mid_"), kNoValue);
}

TEST(Functions, AttributesComeFromTheCallElseFromDefaults) {
  OnnxFunction leaky = {.domain = kDomain,
                        .name = "Leaky",
                        .inputs = {"a"},
                        .outputs = {"b"},
                        .nodes = {onnx_node("n", "LeakyRelu", {"a"}, {"b"},
                                            {onnx_reference_attribute("alpha", "slope")})},
                        .attributes = {},
                        .defaults = {onnx_attribute("slope", 0.25F)}};
  const auto alpha = [](const OnnxBuilder& builder) {
    return read_onnx(builder.bytes()).nodes.front().number("alpha", -1.0F);
  };
  EXPECT_EQ(alpha(model_calling(leaky)), 0.25F);
  EXPECT_EQ(alpha(model_calling(leaky, {onnx_attribute("slope", 0.5F)})), 0.5F);
  leaky.defaults.clear();
  leaky.attributes = {"slope"};
  EXPECT_EQ(alpha(model_calling(leaky)), -1.0F) << "left out where neither gives it";
}

TEST(Functions, NestAndPassAttributesOn) {
  const OnnxFunction inner = {
      .domain = kDomain,
      .name = "Inner",
      .inputs = {"p"},
      .outputs = {"q"},
      .nodes = {onnx_node("n", "Softmax", {"p"}, {"q"}, {onnx_reference_attribute("axis", "dim")})},
      .attributes = {"dim"}};
  const OnnxFunction outer = {
      .domain = kDomain,
      .name = "Outer",
      .inputs = {"a"},
      .outputs = {"b"},
      .nodes = {onnx_node("call", "Inner", {"a"}, {"b"}, {onnx_reference_attribute("dim", "axis")},
                          kDomain)},
      .attributes = {"axis"}};
  OnnxBuilder builder = model_calling(outer, {onnx_attribute("axis", std::int64_t{1})});
  const Graph graph = read_onnx(builder.function(inner).bytes());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes.front().integer("axis", -7), 1);
  EXPECT_EQ(graph.nodes.front().name, "y/b/n");
}

TEST(Functions, ConstantsOfBodiesMayBeParameters) {
  const OnnxFunction plus = {
      .domain = kDomain,
      .name = "Plus",
      .inputs = {"a"},
      .outputs = {"b"},
      .nodes = {onnx_node("c", "Constant", {}, {"c"},
                          {onnx_reference_attribute("value_float", "amount")}),
                onnx_node("n", "Add", {"a", "c"}, {"b"})},
      .attributes = {"amount"}};
  const Graph graph = read_onnx(model_calling(plus, {onnx_attribute("amount", 3.0F)}).bytes());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_THAT(graph.value(graph.nodes.front().inputs[1]).constant->floats(),
              ::testing::ElementsAre(3.0F));
}

TEST(Functions, OverloadsAndDomainsTellThemApart) {
  OnnxFunction one = twice_relu();
  OnnxFunction two = twice_relu();
  two.overload = "second";
  two.nodes = {onnx_node("only", "Sin", {"a"}, {"b"})};
  const Graph graph =
      read_onnx(OnnxBuilder()
                    .input("x", {1, 2})
                    .raw_node(onnx_node("n", "Twice", {"x"}, {"y"}, {}, kDomain, "second"))
                    .output("y")
                    .function(one)
                    .function(two)
                    .bytes());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes.front().op_type, "Sin");
  EXPECT_THAT(refusal_of(model_calling(one).function(one)), HasSubstr("defined twice"));
}

TEST(Functions, OmittedInputsAndOutputsStayOmitted) {
  const OnnxFunction clip = {.domain = kDomain,
                             .name = "Limit",
                             .inputs = {"a", "low", "high"},
                             .outputs = {"b", "unused"},
                             .nodes = {onnx_node("n", "Clip", {"a", "low", "high"}, {"b"}),
                                       onnx_node("m", "Sin", {"a"}, {"unused"})}};
  const Graph graph = read_onnx(OnnxBuilder()
                                    .input("x", {1, 2})
                                    .floats("top", {}, {6.0F})
                                    .node("Limit", {"x", "", "top"}, {"y"}, {}, kDomain)
                                    .output("y")
                                    .function(clip)
                                    .bytes());
  EXPECT_EQ(graph.nodes.front().inputs[1], kNoValue);
  EXPECT_NE(graph.nodes.front().inputs[2], kNoValue);
}

TEST(Functions, AnInputMayBeAnOutput) {
  const OnnxFunction pass = {
      .domain = kDomain, .name = "Pass", .inputs = {"a"}, .outputs = {"a"}, .nodes = {}};
  const Graph graph = read_onnx(model_calling(pass).bytes());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes.front().op_type, "Identity");
}

TEST(Functions, RefusesBodiesThatMakeNoSense) {
  OnnxFunction function = twice_relu();
  function.nodes.pop_back();
  EXPECT_THAT(refusal_of(model_calling(function)), HasSubstr("does not compute all"));
  function.nodes = {onnx_node("n", "Relu", {"a"}, {"a"})};
  EXPECT_THAT(refusal_of(model_calling(function)), HasSubstr("'a' is defined twice"));
  function.nodes = {onnx_node("n", "Add", {"a", "x"}, {"b"})};
  EXPECT_THAT(refusal_of(model_calling(function)), HasSubstr("which nothing in the model computes"))
      << "names outside are not seen";
  function = twice_relu();
  function.inputs = {"a", "a"};
  EXPECT_THAT(refusal_of(model_calling(function)), HasSubstr("two inputs of one name"));
  function.inputs = {};
  EXPECT_THAT(refusal_of(model_calling(function)), HasSubstr("more inputs or outputs"));
}

TEST(Functions, RefusesRecursionByName) {
  OnnxFunction function = twice_relu();
  function.nodes = {onnx_node("n", "Twice", {"a"}, {"b"}, {}, kDomain)};
  EXPECT_THAT(refusal_of(model_calling(function)),
              HasSubstr("the function 'custom.Twice' calls itself"));
  OnnxFunction other = function;
  other.name = "Thrice";
  function.nodes = {onnx_node("n", "Thrice", {"a"}, {"b"}, {}, kDomain)};
  EXPECT_THAT(refusal_of(model_calling(function).function(other)), HasSubstr("calls itself"));
}

TEST(Functions, RefusesWhatGrowsWithoutBound) {
  // Each calls the one before twice: 2^40 nodes in a few hundred bytes.
  const auto chain = [](int length, bool doubles) {
    OnnxFunction last = {.domain = kDomain,
                         .name = "f0",
                         .inputs = {"a"},
                         .outputs = {"b"},
                         .nodes = {onnx_node("n", "Relu", {"a"}, {"b"})}};
    std::vector<OnnxFunction> all = {last};
    for (int i = 1; i < length; ++i) {
      const std::string before = all.back().name;
      last.name = "f" + std::to_string(i);
      last.nodes = {onnx_node("n", before, {"a"}, {doubles ? "c" : "b"}, {}, kDomain)};
      if (doubles) last.nodes.push_back(onnx_node("m", before, {"c"}, {"b"}, {}, kDomain));
      all.push_back(last);
    }
    OnnxBuilder builder = model_calling(all.back());
    all.pop_back();
    for (const OnnxFunction& function : all) builder.function(function);
    return builder;
  };
  EXPECT_NO_THROW(read_onnx(chain(60, false).bytes()));
  EXPECT_THAT(refusal_of(chain(100, false)), HasSubstr("more than 64 deep"));
  EXPECT_THAT(refusal_of(chain(40, true)),
              ::testing::AnyOf(HasSubstr("more than 250,000 nodes"), HasSubstr("256 MB")));
}

TEST(Functions, RefusesFormsThatDifferBetweenOpsets) {
  OnnxFunction function = twice_relu();
  function.opset = 11;
  EXPECT_NO_THROW(read_onnx(model_calling(function).bytes()))
      << "Relu and Tanh are the same in both";
  function.nodes = {onnx_node("n", "Softmax", {"a"}, {"b"})};
  EXPECT_THAT(refusal_of(model_calling(function), ErrorCode::UnsupportedOperator),
              HasSubstr("uses Softmax of opset 11 in a model of opset 17"));
}

}  // namespace
}  // namespace relcam
