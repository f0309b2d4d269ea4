#include "session/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "methods/method.h"
#include "session/catalog.h"
#include "support/reference_case.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::ReferenceCase;

void run(Job& job) {
  while (job.step()) continue;
}

/// A narrow ResNet-18 with one picture.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() { session_.set_input(input_); }

  Explanation explain(const ExplainRequest& request = {}) {
    run(*session_.start_explain(request));
    return session_.explanation();
  }

  void expect_refused(const ExplainRequest& request, ErrorCode code, const std::string& word) {
    const Error error = testing::error_of([&] { session_.start_explain(request); });
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    EXPECT_EQ(explain().results.size(), session_.info().layers.empty() ? 0U : stage_count());
  }

  std::size_t stage_count() const {
    return static_cast<std::size_t>(
        std::ranges::count(session_.info().layers, true, &LayerInfo::stage));
  }

  ReferenceCase reference_{"rcam_resnet18_posgamma_folded"};
  std::vector<float> input_ = reference_.tensor("input.pb").values;
  Session session_ = Session::load(reference_.model(), {});
};

TEST_F(SessionTest, DescribesTheModel) {
  const ModelInfo& info = session_.info();
  EXPECT_EQ(info.classes, 10U);
  EXPECT_EQ(info.logits, "logits");
  ASSERT_EQ(info.inputs.size(), 1U);
  EXPECT_EQ(info.inputs.front().shape, (Shape{1, 3, 64, 64}));
  const auto first = std::ranges::find(info.layers, "Conv", &LayerInfo::op_type);
  ASSERT_NE(first, info.layers.end());
  // 3 -> 8 channels, 7x7, on 32x32 positions.
  EXPECT_EQ(first->macs, 32 * 32 * 8 * 3 * 49);
  EXPECT_EQ(first->parameters, 8 * 3 * 49 + 8);
}

TEST_F(SessionTest, StagesAreTheLastActivationsAtEachResolution) {
  std::vector<std::string> stages;
  for (const LayerInfo& layer : session_.info().layers) {
    if (layer.stage) stages.push_back(layer.name);
  }
  EXPECT_EQ(stages,
            (std::vector<std::string>{
                "/relu/Relu_output_0", "/layer1/layer1.1/relu_1/Relu_output_0",
                "/layer2/layer2.1/relu_1/Relu_output_0", "/layer3/layer3.1/relu_1/Relu_output_0",
                "/layer4/layer4.1/relu_1/Relu_output_0"}));
}

TEST_F(SessionTest, OnePassServesAllLayersAsWellAsOnePassEach) {
  const Explanation together = explain();
  ASSERT_GT(together.results.size(), 1U);
  for (const ResultArray& result : together.results) {
    ExplainRequest alone;
    alone.layers = {result.layer};
    const Explanation single = explain(alone);
    ASSERT_EQ(single.results.size(), 1U);
    EXPECT_EQ(single.results.front().data, result.data) << result.layer;
  }
}

TEST_F(SessionTest, AnotherClassReusesTheForwardPass) {
  EXPECT_FALSE(explain().reused_forward);
  ExplainRequest other;
  other.targets = {3};
  const Explanation reused = explain(other);
  EXPECT_TRUE(reused.reused_forward);

  Session fresh = Session::load(reference_.model(), {});
  fresh.set_input(input_);
  run(*fresh.start_explain(other));
  for (std::size_t i = 0; i < reused.results.size(); ++i) {
    EXPECT_EQ(reused.results[i].data, fresh.explanation().results[i].data);
  }
}

TEST_F(SessionTest, AnotherInputIsNotAnsweredFromTheOldOne) {
  const Explanation first = explain();
  std::vector<float> darker = input_;
  for (float& value : darker) value *= 0.5F;
  session_.set_input(darker);
  const Explanation second = explain();
  EXPECT_FALSE(second.reused_forward);
  EXPECT_NE(first.logits, second.logits);
  EXPECT_NE(first.results.front().data, second.results.front().data);
}

TEST_F(SessionTest, AnAbandonedJobLeavesTheSessionUsable) {
  const Explanation whole = explain();
  session_.set_input(std::vector<float>(input_.size(), 0.25F));
  for (int steps = 1; steps < 60; steps += 7) {
    const auto job = session_.start_explain({});
    for (int i = 0; i < steps; ++i) job->step();
  }
  session_.set_input(input_);
  EXPECT_EQ(explain().results.front().data, whole.results.front().data);
}

TEST_F(SessionTest, ProgressRunsThroughAllPhases) {
  const auto job = session_.start_explain({});
  std::vector<std::string> phases;
  do {
    const Progress progress = job->progress();
    EXPECT_LE(progress.done, progress.total);
    if (phases.empty() || phases.back() != progress.phase) phases.push_back(progress.phase);
  } while (job->step());
  EXPECT_EQ(phases, (std::vector<std::string>{"forward", "backward", "cam"}));
}

TEST_F(SessionTest, ClrpAndBalancedAgreeWhereRelevanceIsConserved) {
  ExplainRequest request;
  request.layers = {"/layer4/layer4.1/relu_1/Relu_output_0"};
  request.start = "clrp";
  const std::vector<float> clrp = explain(request).results.front().data;
  request.start = "balanced";
  const std::vector<float> balanced = explain(request).results.front().data;
  // At the last stage nothing is lost: u and o have the same total and balanced is
  // (one-hot - uniform) scaled, while clrp is one-hot - uniform + target / N.
  double dot = 0.0;
  double clrp_norm = 0.0;
  double balanced_norm = 0.0;
  for (std::size_t i = 0; i < clrp.size(); ++i) {
    const auto a = static_cast<double>(clrp[i]);
    const auto b = static_cast<double>(balanced[i]);
    dot += a * b;
    clrp_norm += a * a;
    balanced_norm += b * b;
  }
  EXPECT_GT(dot / std::sqrt(clrp_norm * balanced_norm), 0.9);
}

TEST_F(SessionTest, RelevanceIsConservedFromTheStartToEveryStage) {
  ExplainRequest request;
  request.start = "one-hot";
  request.emit = {"relevance"};
  const Explanation explanation = explain(request);
  ASSERT_FALSE(explanation.results.empty());
  for (const ResultArray& result : explanation.results) {
    double sum = 0.0;
    for (const float value : result.data) sum += static_cast<double>(value);
    // Residual shares of opposite signs amplify float32 rounding; in float64 the peer finds 1.
    EXPECT_NEAR(sum, 1.0, 2e-2) << result.layer;
  }
}

TEST_F(SessionTest, WrongRequestsAreRefusedByNameAndTheSessionGoesOn) {
  ExplainRequest request;
  request.method = "gradcam";
  expect_refused(request, ErrorCode::InvalidOption, "grad-cam");
  request = {};
  request.start = "clpr";
  expect_refused(request, ErrorCode::InvalidOption, "clrp");
  request = {};
  request.composite = "zplus";
  expect_refused(request, ErrorCode::InvalidOption, "relevance-cam-code");
  request = {};
  request.layers = {"layer4"};
  expect_refused(request, ErrorCode::UnknownLayer, "did you mean");
  request = {};
  request.layers = {"nothing like it"};
  expect_refused(request, ErrorCode::UnknownLayer, "inspect");
  for (const char* method : {"grad-cam", "ablation-cam", "occlusion"}) {
    request = {};
    request.method = method;
    request.layers = {"/Flatten_output_0"};
    expect_refused(request, ErrorCode::UnknownLayer, "/layer4/layer4.1/relu_1/Relu_output_0");
  }
  request = {};
  request.layers = {"logits"};
  expect_refused(request, ErrorCode::UnknownLayer, "where relevance begins");
  request = {};
  request.targets = {10};
  expect_refused(request, ErrorCode::UnknownClass, "10 classes");
  request = {};
  request.emit = {"heat"};
  expect_refused(request, ErrorCode::InvalidOption, "activation");
  request = {};
  request.parameters = {{"conv-bias", "twice"}};
  expect_refused(request, ErrorCode::InvalidOption, "conv-bias");
}

TEST_F(SessionTest, InputsAreCheckedForSizeAndNaN) {
  const Error size = testing::error_of([&] { session_.set_input(std::vector<float>(7)); });
  EXPECT_EQ(size.code(), ErrorCode::InvalidInput);
  EXPECT_NE(std::string(size.what()).find("1x3x64x64"), std::string::npos);

  std::vector<float> broken = input_;
  broken[5] = std::numeric_limits<float>::quiet_NaN();
  const Error nan = testing::error_of([&] { session_.set_input(broken); });
  EXPECT_EQ(nan.code(), ErrorCode::InvalidInput);
  EXPECT_NE(std::string(nan.what()).find("element 5"), std::string::npos);

  const Error name = testing::error_of([&] { session_.set_input("picture", input_); });
  EXPECT_NE(std::string(name.what()).find("'picture'"), std::string::npos);
  EXPECT_EQ(explain().results.size(), stage_count());
}

TEST(Session, RefusesToRunWithoutAnInput) {
  Session session = Session::load(ReferenceCase("rcam_resnet18_posgamma_folded").model(), {});
  EXPECT_THROW(session.start_forward(), Error);
  EXPECT_THROW(session.start_explain({}), Error);
  EXPECT_THROW(session.logits(), Error);
}

/// The first result, finite and not blank.
void expect_answer(const Explanation& explanation, const std::string& name) {
  ASSERT_FALSE(explanation.results.empty()) << name;
  for (const ResultArray& result : explanation.results) {
    EXPECT_TRUE(std::ranges::all_of(result.data, [](float x) { return std::isfinite(x); }))
        << name << " " << result.layer;
  }
  const std::vector<float>& first = explanation.results.front().data;
  EXPECT_TRUE(std::ranges::any_of(first, [](float x) { return x != 0.0F; })) << name;
}

/// What the catalogue says a method needs of the model: attention, or nothing that a network of
/// convolutions lacks.
TEST_F(SessionTest, EveryMethodAnswersAsTheCatalogueSays) {
  const ReferenceCase transformer("vit_tiny_packed");
  Session attending = Session::load(transformer.model(), {});
  attending.set_input(transformer.tensor("input.pb").values);
  for (const CatalogMethod& method : catalog().methods) {
    ExplainRequest request;
    request.method = method.name;
    // Fewer runs of the model than a picture would take.
    for (const CatalogParameter& parameter : method.parameters) {
      if (parameter.name == "masks" || parameter.name == "samples") {
        request.parameters[parameter.name] = "4";
      }
    }
    Session& session = find_method(method.name).attends() ? attending : session_;
    run(*session.start_explain(request));
    const Explanation& explanation = session.explanation();
    expect_answer(explanation, method.name);
    const ResultArray& first = explanation.results.front();
    EXPECT_EQ(first.method, method.name);
    EXPECT_EQ(first.kind, method.kinds.front()) << method.name;
    EXPECT_EQ(first.start, method.start) << method.name;
    EXPECT_EQ(first.composite, method.composite) << method.name;
  }
}

TEST_F(SessionTest, EveryStartAndCompositeAnswers) {
  for (const CatalogEntry& start : catalog().starts) {
    ExplainRequest request;
    request.start = start.name;
    expect_answer(explain(request), start.name);
  }
  for (const CatalogEntry& composite : catalog().composites) {
    ExplainRequest request;
    request.method = "lrp";
    request.composite = composite.name;
    expect_answer(explain(request), composite.name);
  }
}

ExplainRequest with_rules(std::vector<RuleRow> rows) {
  ExplainRequest request;
  request.rules = std::move(rows);
  return request;
}

TEST_F(SessionTest, RulesOfTheCallerAreACompositeCalledCustom) {
  const std::vector<RuleRow> rows = {{.op_type = "Conv", .rule = "z-plus"},
                                     {.op_type = "Gemm", .rule = "epsilon"}};
  const Explanation custom = explain(with_rules(rows));
  ExplainRequest named;
  named.composite = "epsilon-plus";
  const Explanation twin = explain(named);
  ASSERT_EQ(custom.results.size(), twin.results.size());
  for (std::size_t i = 0; i < twin.results.size(); ++i) {
    EXPECT_EQ(custom.results[i].composite, "custom");
    EXPECT_EQ(custom.results[i].data, twin.results[i].data);
  }
}

TEST_F(SessionTest, OtherRulesAreNotTakenForTheSame) {
  const auto map_of = [&](const std::string& gamma) {
    return explain(
               with_rules({{.op_type = "Conv", .rule = "gamma", .parameters = {{"gamma", gamma}}},
                           {.op_type = "Gemm", .rule = "epsilon"}}))
        .results.front()
        .data;
  };
  const std::vector<float> small = map_of("0.1");
  EXPECT_NE(map_of("2"), small);
  EXPECT_EQ(map_of("0.1"), small);
}

TEST_F(SessionTest, RulesAreRefusedBeforeAnyArithmetic) {
  expect_refused(with_rules({{.op_type = "Conv", .rule = "z-plus"}}), ErrorCode::UncoveredNode,
                 "Gemm (1 node");
  expect_refused(with_rules({{.op_type = "Relu", .rule = "epsilon"}}), ErrorCode::UncoveredNode,
                 "'epsilon' of row 1");
  ExplainRequest both = with_rules({{.op_type = "Conv", .rule = "z-plus"}});
  both.composite = "relevance-cam";
  expect_refused(both, ErrorCode::InvalidOption, "take the place of a composite");
}

}  // namespace
}  // namespace relcam
