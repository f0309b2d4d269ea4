#include "session/diagnosis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "methods/method.h"
#include "support/onnx_builder.h"
#include "support/reference_case.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::OnnxBuilder;
using testing::ReferenceCase;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::string code_of(const std::vector<float>& map) {
  const auto diagnosis = diagnose_map("layer", map);
  return diagnosis ? diagnosis->code : "";
}

TEST(DiagnoseMap, NamesTheMostTellingFault) {
  EXPECT_EQ(code_of({0.0F, 0.0F, 0.0F, 0.0F}), "empty-map");
  EXPECT_EQ(code_of({5.0F, 5.001F, 5.0F, 5.0F}), "flat-map");
  EXPECT_EQ(code_of({-5.0F, -5.001F, -5.0F, -5.0F}), "flat-map");
  EXPECT_EQ(code_of({-1.0F, -2.0F, 0.0F, -4.0F}), "no-positive-evidence");
  EXPECT_EQ(code_of({9.8F, 10.0F, 9.9F, 0.0F}), "saturated-map");
  EXPECT_EQ(code_of({-9.0F, 10.0F, 9.9F, 0.0F}), "");
  EXPECT_EQ(code_of({}), "");
}

TEST(DiagnoseAttribution, IsAboutBlankOnesOnly) {
  const auto attribution_code = [](const std::vector<float>& values) {
    const auto diagnosis = diagnose_attribution("layer", values);
    return diagnosis ? diagnosis->code : "";
  };
  EXPECT_EQ(attribution_code({0.0F, 0.0F}), "empty-map");
  EXPECT_EQ(attribution_code({5.0F, 5.001F}), "flat-map");
  EXPECT_EQ(attribution_code({-1.0F, -2.0F, 0.0F, -4.0F}), "");
  EXPECT_EQ(attribution_code({9.8F, 10.0F, 9.9F, 0.0F}), "");
  EXPECT_EQ(attribution_code({}), "");
}

TEST(DiagnoseTarget, TellsRankAndTopClassBehindTheFifth) {
  const std::vector<float> scores{7.0F, 1.0F, 9.0F, 6.0F, 5.0F, 4.0F, 3.0F};
  EXPECT_FALSE(diagnose_target(scores, 4));
  const auto diagnosis = diagnose_target(scores, 6);
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "unlikely-target");
  EXPECT_NE(diagnosis->message.find("Class 6 ranks 6 of 7"), std::string::npos)
      << diagnosis->message;
  EXPECT_NE(diagnosis->message.find("top class is 2"), std::string::npos) << diagnosis->message;
}

TEST(ReplaceNonFinite, PutsZerosAndSaysSo) {
  std::vector<float> values{1.0F, kNaN, -kInfinity, 2.0F};
  const auto diagnosis = replace_non_finite("layer", "cam", values);
  EXPECT_EQ(values, (std::vector<float>{1.0F, 0.0F, 0.0F, 2.0F}));
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "not-finite");
  EXPECT_NE(diagnosis->message.find("2 of 4"), std::string::npos) << diagnosis->message;
  EXPECT_FALSE(replace_non_finite("layer", "cam", values));
}

Explanation explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

/// x [1,1,2,2]; `build` leads from "x" to "map", of which the mean is the only score.
Session one_score(OnnxBuilder build, float pixel) {
  build.input("x", {1, 1, 2, 2}).node("GlobalAveragePool", {"map"}, {"mean"});
  build.node("Flatten", {"mean"}, {"score"}).output("score");
  Session session = Session::load(build.bytes(), {});
  session.set_input(std::vector<float>(4, pixel));
  return session;
}

std::vector<Diagnosis> with_code(const Explanation& explanation, const std::string& code) {
  std::vector<Diagnosis> found;
  std::ranges::copy_if(explanation.diagnoses, std::back_inserter(found),
                       [&](const Diagnosis& diagnosis) { return diagnosis.code == code; });
  return found;
}

TEST(Diagnosis, RelevanceThatVanishesNamesTheNode) {
  OnnxBuilder build;
  build.floats("w", {1, 1, 1, 1}, {-1.0F}).floats("b", {1}, {5.0F});
  build.node("Sigmoid", {"x"}, {"s"}).node("Conv", {"s", "w", "b"}, {"map"});
  Session session = one_score(std::move(build), 1.0F);
  ExplainRequest request;
  request.layers = {"s"};
  // All of the Conv's contributions are negative, so that z+ finds none.
  const Explanation explanation = explain(session, request);
  const auto vanished = with_code(explanation, "relevance-vanished");
  ASSERT_EQ(vanished.size(), 1U);
  EXPECT_EQ(vanished.front().layer, "n1");
  EXPECT_NE(vanished.front().message.find("Conv node 'n1' (rule z-plus)"), std::string::npos)
      << vanished.front().message;
  EXPECT_EQ(with_code(explanation, "empty-map").size(), 1U);
  request.composite = "gradient";
  EXPECT_TRUE(with_code(explain(session, request), "relevance-vanished").empty());
}

TEST(Diagnosis, OverflowBecomesZerosInEveryResult) {
  OnnxBuilder build;
  build.floats("w", {1, 1, 1, 1}, {1e30F});
  build.node("Relu", {"x"}, {"r"})
      .node("Conv", {"r", "w"}, {"c"})
      .node("Conv", {"c", "w"}, {"map"});
  Session session = one_score(std::move(build), 0.0F);
  ExplainRequest request;
  request.method = "grad-cam";
  request.layers = {"r"};
  request.emit = {"cam", "scaled", "weights", "gradient"};
  request.ledger = true;
  const Explanation explanation = explain(session, request);
  EXPECT_FALSE(with_code(explanation, "not-finite").empty());
  EXPECT_EQ(explanation.results.size(), 4U);
  for (const ResultArray& result : explanation.results) {
    EXPECT_TRUE(std::ranges::all_of(result.data, [](float x) { return std::isfinite(x); }))
        << result.kind;
  }
  for (const LedgerEntry& entry : explanation.ledger) {
    EXPECT_TRUE(std::isfinite(entry.sent) && std::isfinite(entry.other)) << entry.node;
  }
}

TEST(Diagnosis, ScoresThatAreNotFiniteAreRefused) {
  OnnxBuilder build;
  build.floats("w", {1, 1, 1, 1}, {1e30F}).node("Conv", {"x", "w"}, {"map"});
  Session session = one_score(std::move(build), 1e30F);
  ExplainRequest request;
  request.layers = {"map"};
  const Error error = testing::error_of([&] { explain(session, request); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidInput);
  EXPECT_EQ(error.node(), "score");
  session.set_input(std::vector<float>(4, 1.0F));
  EXPECT_EQ(explain(session, request).results.size(), 1U);
}

TEST(Diagnosis, AModelThatEndsInSoftmaxIsExplainedBeforeIt) {
  const auto codes = [](const std::string& last) {
    OnnxBuilder build;
    build.input("x", {1, 2, 2, 2}).node("Relu", {"x"}, {"map"});
    build.node("GlobalAveragePool", {"map"}, {"mean"}).node("Flatten", {"mean"}, {"z"});
    build.node(last, {"z"}, {"y"}).output("y");
    Session session = Session::load(build.bytes(), {});
    session.set_input(std::vector{1.0F, 2.0F, 3.0F, 4.0F, 0.0F, 0.0F, 0.0F, 1.0F});
    ExplainRequest request;
    request.layers = {"map"};
    return with_code(explain(session, request), "ends-in-softmax");
  };
  ASSERT_EQ(codes("Softmax").size(), 1U);
  EXPECT_EQ(codes("Softmax").front().layer, "z");
  EXPECT_EQ(codes("LogSoftmax").size(), 1U);
  EXPECT_TRUE(codes("Tanh").empty());
}

TEST(Diagnosis, NegativeScalesMatterWhereTheyWereFoldedAndSignsAreAskedFor) {
  const ReferenceCase reference("rcam_resnet18_mixedgamma_separate");
  const auto found = [&](bool fold, const std::string& composite) {
    LoadOptions options;
    options.fold_batch_norm = fold;
    Session session = Session::load(reference.model(), options);
    session.set_input(reference.tensor("input.pb").values);
    ExplainRequest request;
    request.composite = composite;
    std::size_t scales = 0;
    for (const BatchNormNote& note : session.info().batch_norms) scales += note.negative_scales;
    auto diagnoses = with_code(explain(session, request), "negative-batch-norm");
    std::erase_if(diagnoses, [&](const Diagnosis& diagnosis) {
      return !diagnosis.message.starts_with(std::to_string(scales) + " negative");
    });
    return diagnoses.size();
  };
  EXPECT_EQ(found(true, "relevance-cam"), 1U);
  EXPECT_EQ(found(true, "gradient"), 0U);
  EXPECT_EQ(found(false, "relevance-cam"), 0U);
}

TEST(Diagnosis, RowsOfRulesThatServeNoNodeAreNamed) {
  const ReferenceCase reference("rcam_resnet18_posgamma_folded");
  Session session = Session::load(reference.model(), {});
  session.set_input(reference.tensor("input.pb").values);
  ExplainRequest request;
  request.layers = {"last-stage"};
  request.rules = {{.position = "first", .rule = "flat"},  // below the sweep, yet of use
                   {.op_type = "Conv", .tensor = "/layr4/*", .rule = "gamma"},
                   {.op_type = "Conv", .rule = "z-plus"},
                   {.op_type = "Conv", .tensor = "/layer4/*", .rule = "epsilon"},
                   {.op_type = "Gemm", .rule = "epsilon"}};
  const auto unused = with_code(explain(session, request), "unused-rule-row");
  ASSERT_EQ(unused.size(), 2U);
  EXPECT_EQ(unused[0].layer, "/layr4/*");
  EXPECT_TRUE(unused[0].message.starts_with(
      "Row 2 of the rules (gamma for Conv nodes with the output '/layr4/*') serves no node"))
      << unused[0].message;
  EXPECT_TRUE(unused[1].message.starts_with("Row 4 ")) << unused[1].message;

  request.rules.erase(request.rules.begin() + 3);
  request.rules.erase(request.rules.begin() + 1);
  EXPECT_TRUE(with_code(explain(session, request), "unused-rule-row").empty());
}

TEST(Diagnosis, AnUnlikelyTargetIsSaidOncePerTarget) {
  const ReferenceCase reference("rcam_resnet18_posgamma_folded");
  Session session = Session::load(reference.model(), {});
  session.set_input(reference.tensor("input.pb").values);
  ExplainRequest request;
  const std::vector<float> logits = explain(session, request).logits;
  EXPECT_TRUE(with_code(session.explanation(), "unlikely-target").empty());
  const auto worst = std::ranges::min_element(logits) - logits.begin();
  const auto best = std::ranges::max_element(logits) - logits.begin();
  request.targets = {static_cast<std::size_t>(best), static_cast<std::size_t>(worst)};
  const auto unlikely = with_code(explain(session, request), "unlikely-target");
  ASSERT_EQ(unlikely.size(), 1U);
  EXPECT_EQ(unlikely.front().target, worst);

  request.output = "/layer4/layer4.1/relu_1/Relu_output_0";
  request.layers = {"/layer1/layer1.1/relu_1/Relu_output_0"};
  for (std::size_t element = 0; element < 20; ++element) {
    request.targets = {element};
    EXPECT_TRUE(with_code(explain(session, request), "unlikely-target").empty()) << element;
  }
}

bool all_zero(const ResultArray& result) {
  return std::ranges::all_of(result.data, [](float x) { return x == 0.0F; });
}

/// x is negative everywhere, so that its rectifier answers to nothing.
TEST(Diagnosis, NoMethodLeavesABlankResultWithoutAWord) {
  OnnxBuilder build;
  build.input("x", {1, 2, 4, 4}).node("Relu", {"x"}, {"map"});
  build.node("GlobalAveragePool", {"map"}, {"mean"}).node("Flatten", {"mean"}, {"z"}).output("z");
  Session session = Session::load(build.bytes(), {});
  session.set_input(std::vector<float>(32, -1.0F));
  std::size_t blank = 0;
  for (const Method& method : all_methods()) {
    if (method.attends()) continue;  // refuses the model
    ExplainRequest request;
    request.method = method.name;
    const Explanation explanation = explain(session, request);
    for (const ResultArray& result : explanation.results) {
      EXPECT_TRUE(std::ranges::all_of(result.data, [](float x) { return std::isfinite(x); }))
          << method.name;
      if (!all_zero(result)) continue;
      ++blank;
      const auto said = with_code(explanation, "empty-map");
      EXPECT_EQ(std::ranges::count(said, result.layer, &Diagnosis::layer), 1)
          << method.name << " " << result.layer;
    }
  }
  EXPECT_GE(blank, all_methods().size() / 2);
}

}  // namespace
}  // namespace relcam
