#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/error.h"
#include "composites/composite.h"
#include "methods/method.h"
#include "session/session.h"
#include "support/expect.h"
#include "support/node_fixture.h"
#include "support/onnx_builder.h"
#include "support/reference_case.h"
#include "support/refusal.h"
#include "support/written_formula.h"

namespace relcam {
namespace {

using testing::expect_near;
using testing::onnx_attribute;
using testing::OnnxBuilder;
using testing::random_floats;
using testing::ReferenceCase;
using testing::WrittenFormula;

Session open(const std::string& name) {
  const ReferenceCase reference(name);
  Session session = Session::load(reference.model(), {});
  session.set_input(reference.tensor("input.pb").values);
  return session;
}

ExplainRequest asking(const std::string& method) {
  ExplainRequest request;
  request.method = method;
  return request;
}

Explanation explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

std::vector<float> only_result(Session& session, const ExplainRequest& request) {
  const Explanation explanation = explain(session, request);
  EXPECT_EQ(explanation.results.size(), 1U);
  return explanation.results.front().data;
}

std::string refusal(Session& session, const ExplainRequest& request, ErrorCode code) {
  return testing::refusal(code, [&] { session.start_explain(request); });
}

std::vector<std::string> attention_methods() {
  std::vector<std::string> names;
  for (const Method& method : all_methods()) {
    if (method.attends()) names.emplace_back(method.name);
  }
  return names;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(AttentionMethods, RefuseModelsWithoutAttentionAndSayWhatServes) {
  Session session = open("captum_resnet");
  for (const std::string& name : attention_methods()) {
    const std::string message = refusal(session, asking(name), ErrorCode::InvalidOption);
    EXPECT_TRUE(contains(message, name)) << message;
    EXPECT_TRUE(contains(message, "valid: relevance-cam")) << message;
  }
}

TEST(AttentionMethods, RefuseAttentionWithinWindows) {
  Session session = open("swin_tiny");
  const std::string message =
      refusal(session, asking("attention-rollout"), ErrorCode::InvalidOption);
  EXPECT_TRUE(contains(message, "windows")) << message;
}

std::vector<std::string> attention_layers(const Session& session) {
  std::vector<std::string> names;
  for (const LayerInfo& layer : session.info().layers) {
    if (layer.attention) names.push_back(layer.name);
  }
  return names;
}

/// What is described is what the methods take.
TEST(AttentionMethods, ServeModelsWhoseDescriptionHasAttention) {
  Session packed = open("vit_tiny_packed");
  const std::vector<std::string> layers = attention_layers(packed);
  EXPECT_EQ(layers.size(), 3U);
  for (const std::string& layer : layers) {
    ExplainRequest request = asking("attention-rollout");
    request.layers = {layer};
    EXPECT_FALSE(only_result(packed, request).empty()) << layer;
  }
  EXPECT_TRUE(attention_layers(open("captum_resnet")).empty());
  EXPECT_TRUE(attention_layers(open("swin_tiny")).empty());
}

TEST(AttentionMethods, RefuseLayersThatAreNoAttentionAndBlocksThatAreNot) {
  Session session = open("vit_tiny_packed");
  ExplainRequest request = asking("attention-rollout");
  request.layers = {"/norm/LayerNormalization_output_0"};
  EXPECT_TRUE(contains(refusal(session, request, ErrorCode::UnknownLayer),
                       "valid: attention, /blocks/blocks.0/attn/Softmax_output_0"));
  request.layers = {};
  request.parameters = {{"start-layer", "3"}};
  EXPECT_TRUE(contains(refusal(session, request, ErrorCode::InvalidOption), "valid: 0 to 2"));
  request = asking("legrad");
  request.ledger = true;
  refusal(session, request, ErrorCode::InvalidOption);
}

TEST(AttentionMethods, GiveOneMapOfThePatchesAndOneAtTheInputsSize) {
  Session session = open("vit_tiny_packed");
  for (const std::string& name : attention_methods()) {
    ExplainRequest request = asking(name);
    request.emit = {"cam", "scaled"};
    const Explanation explanation = explain(session, request);
    ASSERT_EQ(explanation.results.size(), 2U) << name;
    EXPECT_EQ(explanation.results[0].shape, (Shape{1, 1, 8, 8})) << name;
    EXPECT_EQ(explanation.results[1].shape, (Shape{1, 1, 64, 64})) << name;
  }
}

TEST(AttentionMethods, AnswerSeveralTargetsAsEachAlone) {
  Session session = open("vit_tiny_packed");
  for (const std::string& name : attention_methods()) {
    ExplainRequest request = asking(name);
    request.targets = {2, 7};
    const Explanation both = explain(session, request);
    ASSERT_EQ(both.results.size(), 2U) << name;
    for (std::size_t i = 0; i < 2; ++i) {
      request.targets = {both.targets[i]};
      const std::vector<float> alone = only_result(session, request);
      for (std::size_t k = 0; k < alone.size(); ++k) {
        EXPECT_NEAR(both.results[i].data[k], alone[k], 1e-6F * (1.0F + std::abs(alone[k]))) << name;
      }
    }
  }
}

TEST(AttentionRollout, OfRowsThatSumToOneHasRowsThatSumToOne) {
  Session session = open("vit_tiny");
  ExplainRequest request = asking("attention-rollout");
  request.emit = {"token_matrix"};
  const std::vector<float> matrix = only_result(session, request);
  constexpr std::size_t kTokens = 65;
  ASSERT_EQ(matrix.size(), kTokens * kTokens);
  for (std::size_t i = 0; i < kTokens; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < kTokens; ++j) sum += static_cast<double>(matrix[i * kTokens + j]);
    EXPECT_NEAR(sum, 1.0, 1e-5);
  }
}

/// Six patches behind a class token, one block; `head` makes what the class scores are read of from
/// the tokens [1, 7, 4].
Session one_block(
    const std::function<std::string(WrittenFormula&, const std::string& tokens)>& head) {
  WrittenFormula f({1, 3, 4, 6});
  const auto weights = [&f](const Shape& shape, std::uint32_t seed) {
    return f.constant(shape, random_floats(element_count(shape), seed));
  };
  const auto times = [&](const std::string& x, std::uint32_t seed) {
    return f("MatMul", {x, weights({4, 4}, seed)});
  };
  const auto turned = [&f](const std::string& x) {
    return f("Transpose", {x}, {onnx_attribute("perm", std::vector<std::int64_t>{0, 2, 1})});
  };
  const std::string patches = f("Conv", {"x", weights({4, 3, 2, 2}, 1)},
                                {onnx_attribute("strides", std::vector<std::int64_t>{2, 2})});
  const std::string listed = turned(f("Reshape", {patches, f.integers({1, 4, 6})}));
  const std::string tokens =
      f("Concat", {weights({1, 1, 4}, 2), listed}, {onnx_attribute("axis", std::int64_t{1})});
  const std::string scores = f("MatMul", {times(tokens, 3), turned(times(tokens, 4))});
  const std::string attention = f("Softmax", {scores}, {onnx_attribute("axis", std::int64_t{-1})});
  const std::string mixed = f("Add", {tokens, f("MatMul", {attention, times(tokens, 5)})});
  f("Gemm", {head(f, mixed), weights({4, 3}, 6)});
  Session session = Session::load(f.bytes(), {});
  session.set_input(random_floats(72, 7));
  return session;
}

std::string read_class_token(WrittenFormula& f, const std::string& tokens) {
  return f("Flatten",
           {f("Gather", {tokens, f.integers({0})}, {onnx_attribute("axis", std::int64_t{1})})});
}

std::string read_patches(WrittenFormula& f, const std::string& tokens) {
  const std::string patches =
      f("Slice", {tokens, f.integers({1}), f.integers({7}), f.integers({1})});
  return f("ReduceMean", {patches},
           {onnx_attribute("axes", std::vector<std::int64_t>{1}),
            onnx_attribute("keepdims", std::int64_t{0})});
}

/// Rows of the rollout's matrix, one for each of seven tokens.
std::vector<float> patches_of_mean_row(const std::vector<float>& matrix, std::size_t first,
                                       std::size_t last) {
  std::vector<float> mean(6, 0.0F);
  for (std::size_t i = first; i <= last; ++i) {
    for (std::size_t j = 0; j < mean.size(); ++j) {
      mean[j] += matrix[i * 7 + 1 + j] / static_cast<float>(last - first + 1);
    }
  }
  return mean;
}

TEST(AttentionMethods, LookAtTheTokensThatTheScoresAreReadOf) {
  ExplainRequest request = asking("attention-rollout");
  request.emit = {"cam", "token_matrix"};
  Session by_class = one_block(read_class_token);
  const std::vector<ResultArray> class_row = explain(by_class, request).results;
  expect_near(class_row[0].data, patches_of_mean_row(class_row[1].data, 0, 0));
  Session by_patches = one_block(read_patches);
  const std::vector<ResultArray> patch_rows = explain(by_patches, request).results;
  expect_near(patch_rows[0].data, patches_of_mean_row(patch_rows[1].data, 1, 6));
}

/// What patches say of themselves is left out, so that attention's part is not drowned in it.
TEST(TransformerAttribution, OfReadPatchesIsWhatAttentionAdds) {
  Session session = one_block(read_patches);
  ExplainRequest request = asking("transformer-attribution");
  request.emit = {"cam", "token_matrix"};
  const std::vector<ResultArray> results = explain(session, request).results;
  std::vector<float> moved = results[1].data;
  for (std::size_t i = 0; i < 7; ++i) moved[i * 8] -= 1.0F;
  expect_near(results[0].data, patches_of_mean_row(moved, 1, 6));
}

/// The class token's row says nothing where only patches are read.
TEST(AttentionMethods, FindEvidenceWhicheverTokensAreRead) {
  for (const auto& head : {read_class_token, read_patches}) {
    Session session = one_block(head);
    for (const std::string& name : attention_methods()) {
      double size = 0.0;
      for (const std::size_t target : {0U, 1U, 2U}) {
        ExplainRequest request = asking(name);
        request.targets = {target};
        for (const float value : only_result(session, request)) {
          size += std::abs(static_cast<double>(value));
        }
      }
      EXPECT_GT(size, 1e-6) << name;
    }
  }
}

TEST(LegradMethod, OfTheLastBlockAndTheClassTokenLooksAtTheModelsOwnGradient) {
  Session session = open("vit_tiny_packed");
  const std::string last = "/blocks/blocks.2/attn/Softmax_output_0";
  ExplainRequest request = asking("legrad");
  request.targets = {4};
  request.layers = {last};
  request.emit = {"gradient"};
  request.parameters = {{"score", "class-token"}};
  const std::vector<float> own = only_result(session, request);
  request = asking("gradient");
  request.targets = {4};
  request.layers = {last};
  request.emit = {"gradient"};
  const std::vector<float> plain = only_result(session, request);
  ASSERT_EQ(own.size(), plain.size());
  for (std::size_t i = 0; i < own.size(); ++i) EXPECT_NEAR(own[i], plain[i], 1e-5F);
}

TEST(LrpMethod, ChoosesItsCompositeByTheModel) {
  for (const auto& [name, composite] :
       {std::pair{"vit_tiny_packed", "cp-lrp"}, std::pair{"swin_tiny", "cp-lrp"},
        std::pair{"captum_resnet", "epsilon-plus"}}) {
    Session session = open(name);
    const Explanation explanation = explain(session, asking("lrp"));
    EXPECT_EQ(explanation.results.front().composite, composite);
  }
}

/// Every composite on a model with attention.
class AttentionCompositeTest : public ::testing::TestWithParam<std::string> {};

TEST_P(AttentionCompositeTest, ServesEveryNodeDownToTheInput) {
  Session session = open(GetParam());
  for (const CompositeEntry& entry : all_composites()) {
    ExplainRequest request = asking("lrp");
    request.composite = std::string(entry.name);
    const std::vector<float> relevance = only_result(session, request);
    EXPECT_TRUE(std::ranges::any_of(relevance, [](float x) { return x != 0.0F; })) << entry.name;
    EXPECT_TRUE(std::ranges::all_of(relevance, [](float x) { return std::isfinite(x); }))
        << entry.name;
  }
}

TEST_P(AttentionCompositeTest, ProductsOfLiveValuesLoseNothing) {
  Session session = open(GetParam());
  for (const char* composite : {"cp-lrp", "attn-lrp", "relevance-cam"}) {
    ExplainRequest request = asking("lrp");
    request.composite = composite;
    request.ledger = true;
    std::size_t products = 0;
    for (const LedgerEntry& entry : explain(session, request).ledger) {
      const bool product = entry.op_type == "MatMul" && entry.rule != "gamma" &&
                           entry.rule != "z-plus" && entry.rule != "epsilon";
      const double turnover = std::abs(entry.received) + std::abs(entry.sent);
      EXPECT_NEAR(entry.other, 0.0, 1e-3 * (1.0 + turnover)) << composite << " " << entry.node;
      if (!product) continue;
      ++products;
      EXPECT_NEAR(entry.bias, 0.0, 1e-3 * (1.0 + turnover)) << composite << " " << entry.node;
    }
    EXPECT_GE(products, 4U) << composite;
  }
}

TEST_P(AttentionCompositeTest, RelevanceCamMakesMapsAtLayersOfTokens) {
  Session session = open(GetParam());
  ExplainRequest request;
  request.start = "one-hot";
  request.targets = {1, 2};
  const Explanation explanation = explain(session, request);
  std::set<std::vector<float>> maps;
  for (const ResultArray& result : explanation.results) {
    EXPECT_EQ(result.shape.size(), 4U) << result.layer;
    EXPECT_GT(result.shape[3], 1) << result.layer;
    maps.insert(result.data);
  }
  EXPECT_GE(explanation.results.size(), 4U);
  EXPECT_GT(maps.size(), explanation.results.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Models, AttentionCompositeTest,
                         ::testing::Values("vit_tiny", "vit_tiny_packed", "swin_tiny"),
                         [](const auto& test) { return test.param; });

/// x [1,3] -> Softmax over its row -> times itself, twice over: no attention, but a Softmax.
TEST(Softmax, OutsideOfAttentionIsRefusedByName) {
  OnnxBuilder build;
  build.input("x", {1, 3}).node("Softmax", {"x"}, {"s"}).node("Mul", {"x", "s"}, {"y"});
  build.node("Relu", {"y"}, {"score"}).output("score");
  Session session = Session::load(build.bytes(), {});
  session.set_input(std::vector<float>{1.0F, 2.0F, 3.0F});
  const std::string message = refusal(session, asking("lrp"), ErrorCode::UncoveredNode);
  EXPECT_TRUE(contains(message, "Softmax")) << message;
}

}  // namespace
}  // namespace relcam
