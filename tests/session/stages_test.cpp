#include "session/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "session/session.h"
#include "support/node_fixture.h"
#include "support/reference_case.h"
#include "support/written_formula.h"

/// Stages and layers of transformers, in exported models.
namespace relcam {
namespace {

using testing::onnx_attribute;
using testing::random_floats;
using testing::ReferenceCase;
using testing::WrittenFormula;

Session load(const std::string& name, const std::string& group = "reference") {
  const ReferenceCase reference(name, group);
  Session session = Session::load(reference.model(), {});
  session.set_input(reference.tensor("input.pb").values);
  return session;
}

const Explanation& explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

std::vector<std::string> stages_of(const Session& session) {
  std::vector<std::string> stages;
  for (const LayerInfo& layer : session.info().layers) {
    if (layer.stage) stages.push_back(layer.name);
  }
  return stages;
}

const LayerInfo& layer_of(const Session& session, const std::string& name) {
  return *std::ranges::find(session.info().layers, name, &LayerInfo::name);
}

/// The last block's output comes after the last attention: only its class token is read.
TEST(Stages, OfAVisionTransformerEndBeforeTheLastAttention) {
  const Session session = load("vit_tiny");
  const std::vector<std::string> stages = stages_of(session);
  EXPECT_EQ(stages.size(), 4U);
  EXPECT_EQ(stages.back(), "/encoder/layers/encoder_layer_3/ln_1/Add_1_output_0");
  const Session packed = load("vit_tiny_packed");
  EXPECT_EQ(stages_of(packed).back(), "/blocks/blocks.2/norm1/LayerNormalization_output_0");
}

TEST(Stages, EndWhereRelevanceBegins) {
  Session session = load("rcam_resnet18_posgamma_folded");
  ExplainRequest request;
  request.output = "/layer3/layer3.1/relu_1/Relu_output_0";
  request.targets = {0};
  const std::vector<ResultArray> results = explain(session, request).results;
  ASSERT_FALSE(results.empty());
  for (const ResultArray& result : results) {
    EXPECT_FALSE(result.layer.starts_with("/layer4")) << result.layer;
  }
}

/// Gradients at patches, per layer, largest magnitude.
std::vector<float> patch_gradients(Session& session, const std::vector<std::string>& layers) {
  std::vector<float> largest;
  ExplainRequest request;
  request.method = "grad-cam";
  request.layers = layers;
  request.emit = {"gradient"};
  for (const ResultArray& result : explain(session, request).results) {
    const TokenInfo tokens = layer_of(session, result.layer).tokens.value_or(TokenInfo());
    float most = 0.0F;
    const auto patches = static_cast<std::size_t>(tokens.prefix * result.shape.back());
    for (const float value : std::span(result.data).subspan(patches)) {
      most = std::max(most, std::abs(value));
    }
    largest.push_back(most);
  }
  return largest;
}

TEST(Stages, HaveGradientsAtTheirPatches) {
  for (const char* name : {"vit_tiny", "vit_tiny_packed", "swin_tiny"}) {
    Session session = load(name);
    const std::vector<std::string> stages = stages_of(session);
    EXPECT_GE(stages.size(), 2U);
    EXPECT_THAT(patch_gradients(session, stages), ::testing::Each(::testing::Gt(0.0F))) << name;
  }
  Session session = load("vit_tiny");
  EXPECT_THAT(patch_gradients(session, {"/encoder/layers/encoder_layer_3/Add_1_output_0"}),
              ::testing::Each(0.0F));
}

/// The last one is the image that the head pools.
TEST(Stages, OfSwinAreOnePerResolution) {
  const Session session = load("swin_tiny");
  std::vector<Shape> shapes;
  for (const std::string& name : stages_of(session)) {
    shapes.push_back(layer_of(session, name).shape);
  }
  EXPECT_EQ(shapes, (std::vector<Shape>{{1, 16, 16, 24}, {1, 48, 8, 8}}));
}

/// The one of timm, where a Reshape, a Transpose and a Reshape merge the patches.
TEST(Stages, OfSwinAreOnePerResolutionHoweverPatchesMerge) {
  const Session session = load("swin_timm", "matrix");
  std::vector<Shape> shapes;
  for (const std::string& name : stages_of(session)) {
    shapes.push_back(layer_of(session, name).shape);
  }
  EXPECT_EQ(shapes, (std::vector<Shape>{{1, 256, 16}, {1, 8, 8, 32}}));
}

/// A convolution of every second pixel, on what `before` makes of the picture "x".
std::vector<std::string> stages_behind(
    const std::function<std::string(WrittenFormula&, const std::string&)>& before) {
  WrittenFormula model({1, 3, 8, 8});
  const std::string picture = before(model, "x");
  const std::string convolved =
      model("Conv", {picture, model.constant({4, 3, 2, 2}, random_floats(48, 1))},
            {onnx_attribute("strides", std::vector<std::int64_t>{2, 2})});
  const std::string pooled = model("GlobalAveragePool", {model("Relu", {convolved})});
  model("Gemm", {model("Flatten", {pooled}), model.constant({4, 5}, random_floats(20, 2))});
  return stages_of(Session::load(model.bytes(), {}));
}

/// However a file prepares its picture, that is no activation of the network.
TEST(Stages, ThePictureIsNone) {
  const auto as_it_is = [](WrittenFormula&, const std::string& x) { return x; };
  const auto scaled = [](WrittenFormula& model, const std::string& x) {
    const std::string centred = model("Sub", {x, model.constant({1, 3, 1, 1}, {0.5F, 0.4F, 0.3F})});
    return model("Div", {centred, model.constant({1, 3, 1, 1}, {0.2F, 0.3F, 0.4F})});
  };
  // "transform_input" of torchvision's GoogLeNet and Inception v3.
  const auto by_colour = [](WrittenFormula& model, const std::string& x) {
    std::vector<std::string> colours;
    for (const std::int64_t colour : {0, 1, 2}) {
      const std::string plane =
          model("Gather", {x, model.integers({colour})}, {onnx_attribute("axis", std::int64_t{1})});
      const std::string half = model("Mul", {plane, model.number(0.5F)});
      colours.push_back(model("Add", {half, model.number(0.1F)}));
    }
    return model("Concat", colours, {onnx_attribute("axis", std::int64_t{1})});
  };
  EXPECT_THAT(stages_behind(as_it_is), ::testing::SizeIs(1));
  EXPECT_THAT(stages_behind(scaled), ::testing::SizeIs(1));
  EXPECT_THAT(stages_behind(by_colour), ::testing::SizeIs(1));
}

TEST(Layers, SayHowTokensMakeUpTheImage) {
  const Session session = load("vit_tiny");
  const LayerInfo& block = layer_of(session, "/encoder/layers/encoder_layer_0/Add_1_output_0");
  EXPECT_TRUE(block.spatial);
  ASSERT_TRUE(block.tokens);
  EXPECT_EQ(block.tokens->prefix, 1);
  EXPECT_EQ(block.tokens->rows, 8);
  EXPECT_EQ(block.tokens->columns, 8);
  const LayerInfo& attention =
      layer_of(session, "/encoder/layers/encoder_layer_0/self_attention/Softmax_output_0");
  EXPECT_FALSE(attention.spatial);
  EXPECT_FALSE(attention.tokens);
  EXPECT_FALSE(layer_of(session, "/conv_proj/Conv_output_0").tokens);
}

/// What stands at the class token neither enters maps nor weights.
TEST(Layers, TheClassTokenIsLeftOut) {
  Session session = load("vit_tiny");
  const std::string layer = "/encoder/layers/encoder_layer_1/ln_1/Add_1_output_0";
  ExplainRequest request;
  request.method = "grad-cam";
  request.layers = {layer};
  request.emit = {"weights", "gradient", "cam"};
  const std::vector<ResultArray> results = explain(session, request).results;
  EXPECT_EQ(results[0].shape, (Shape{1, 48, 1, 1}));
  EXPECT_EQ(results[2].shape, (Shape{1, 1, 8, 8}));
  for (std::size_t c = 0; c < 48; ++c) {
    double mean = 0.0;
    for (std::size_t token = 1; token < 65; ++token) {
      mean += static_cast<double>(results[1].data[token * 48 + c]) / 64;
    }
    EXPECT_NEAR(results[0].data[c], mean, 1e-6);
  }
}

TEST(Layers, EveryCamMethodTakesTokens) {
  Session session = load("vit_tiny_packed");
  for (const char* method :
       {"grad-cam++", "ablation-cam", "eigen-cam", "kpca-cam", "shapley-cam", "finer-cam"}) {
    ExplainRequest request;
    request.method = method;
    request.layers = {"last-stage"};
    const std::vector<ResultArray> results = explain(session, request).results;
    ASSERT_EQ(results.size(), 1U) << method;
    EXPECT_EQ(results[0].shape, (Shape{1, 1, 8, 8})) << method;
  }
}

}  // namespace
}  // namespace relcam
