#include "support/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/error.h"
#include "composites/composite.h"
#include "session/session.h"
#include "support/onnx_builder.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

using testing::divides;
using testing::lost;
using testing::OnnxBuilder;
using testing::ReferenceCase;
using testing::remainder;
using testing::rounding;

Explanation explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

Session open(const ReferenceCase& reference, bool fold_batch_norm) {
  LoadOptions options;
  options.fold_batch_norm = fold_batch_norm;
  Session session = Session::load(reference.model(), options);
  session.set_input(reference.tensor("input.pb").values);
  return session;
}

double sum_of(const Explanation& explanation, const std::string& kind) {
  double sum = 0.0;
  for (const ResultArray& result : explanation.results) {
    if (result.kind != kind) continue;
    for (const float value : result.data) sum += static_cast<double>(value);
  }
  return sum;
}

class LedgerLawTest : public ::testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  ReferenceCase reference_{std::get<0>(GetParam())};
  Session session_ = open(reference_, std::get<1>(GetParam()));
};

TEST_P(LedgerLawTest, TheBalanceHoldsAtEveryNodeUnderEveryComposite) {
  for (const CompositeEntry& composite : all_composites()) {
    ExplainRequest request;
    request.composite = composite.name;
    request.start = "clrp";
    request.layers = {"logits", "input"};
    request.emit = {"seed", "relevance"};
    request.ledger = true;
    const Explanation explanation = explain(session_, request);
    ASSERT_FALSE(explanation.ledger.empty());
    EXPECT_NEAR(explanation.ledger.front().received, sum_of(explanation, "seed"), 1e-6);
    for (const LedgerEntry& entry : explanation.ledger) {
      if (!divides(entry)) continue;
      EXPECT_LE(std::abs(entry.other), rounding(entry))
          << composite.name << ": " << entry.node << " (" << entry.rule << ")";
    }
  }
}

TEST_P(LedgerLawTest, RulesThatConserveLoseOnlyToZeros) {
  ExplainRequest request;
  request.composite = "relevance-cam";
  request.layers = {"input"};
  request.emit = {"relevance"};
  request.ledger = true;
  const Explanation explanation = explain(session_, request);
  ASSERT_FALSE(explanation.ledger.empty());
  for (const LedgerEntry& entry : explanation.ledger) {
    EXPECT_EQ(entry.bias, 0.0) << entry.node;
    EXPECT_EQ(entry.epsilon, 0.0) << entry.node;
    EXPECT_EQ(entry.padding, 0.0) << entry.node;
    EXPECT_EQ(entry.aside, 0.0) << entry.node;
  }
}

TEST_P(LedgerLawTest, KeepingALedgerChangesNoResult) {
  ExplainRequest request;
  const Explanation without = explain(session_, request);
  request.ledger = true;
  const Explanation with = explain(session_, request);
  EXPECT_TRUE(without.ledger.empty());
  ASSERT_EQ(with.results.size(), without.results.size());
  for (std::size_t i = 0; i < with.results.size(); ++i) {
    EXPECT_EQ(with.results[i].data, without.results[i].data) << with.results[i].layer;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LedgerLawTest,
                         ::testing::Combine(::testing::Values("rcam_resnet18_mixedgamma_separate",
                                                              "rcam_vgg16_bias", "pgc_densenet",
                                                              "pgc_mobilenet", "zennit_resnet"),
                                            ::testing::Bool()),
                         [](const auto& test) {
                           return std::get<0>(test.param) +
                                  (std::get<1>(test.param) ? "_folded" : "_kept");
                         });

/// The official code's sums of relevance, computed in float64 by its authors' arithmetic.
class LedgerReferenceTest : public ::testing::TestWithParam<std::string> {};

TEST_P(LedgerReferenceTest, WhatIsLeftAtALayerIsThePeersSum) {
  const ReferenceCase reference(GetParam());
  Session session = open(reference, false);
  const auto& entries = reference.description().at("expect");
  const auto lrp =
      std::ranges::find_if(entries, [](const auto& entry) { return entry.at("method") == "lrp"; });
  ASSERT_NE(lrp, entries.end());
  ExplainRequest request;
  request.composite = "relevance-cam-code";
  request.parameters = {
      {"conv-bias", lrp->at("params").at("conv_bias").template get<std::string>()}};
  request.targets = {reference.description().at("target_class").get<std::size_t>()};
  request.emit = {"relevance"};
  request.ledger = true;
  std::size_t checked = 0;
  const auto& sums = reference.description().at("conservation").at("sum_of_relevance");
  for (const auto& [start, layers] : sums.items()) {
    request.start = start == "lrp" ? "one-hot" : start;
    for (const auto& [layer, sum] : layers.items()) {
      if (layer == "logits") continue;
      request.layers = {layer};
      const Explanation explanation = explain(session, request);
      const double left = remainder(explanation.ledger);
      EXPECT_NEAR(left, sum_of(explanation, "relevance"), 1e-4) << start << " " << layer;
      // Denominators near 0 leave float32 few digits where biases enter them.
      const double want = sum.template get<double>();
      EXPECT_NEAR(left, want, 2e-3 * (1.0 + std::abs(want))) << start << " " << layer;
      ++checked;
    }
  }
  EXPECT_GE(checked, 9U);
}

INSTANTIATE_TEST_SUITE_P(Cases, LedgerReferenceTest,
                         ::testing::ValuesIn(ReferenceCase::names("rcam_")),
                         [](const auto& test) { return test.param; });

TEST(Ledger, RelevanceThatLeavesTheWayIsAside) {
  const ReferenceCase reference("rcam_resnet18_posgamma_folded");
  Session session = open(reference, true);
  ExplainRequest request;
  request.start = "one-hot";
  request.layers = {"/layer4/layer4.1/relu/Relu_output_0"};  // inside a residual branch
  request.emit = {"relevance"};
  request.ledger = true;
  const Explanation explanation = explain(session, request);
  const auto sum = std::ranges::find(explanation.ledger, "Add", &LedgerEntry::op_type);
  ASSERT_NE(sum, explanation.ledger.end());
  EXPECT_GT(std::abs(sum->aside), 1e-3);
  EXPECT_NEAR(sum->sent + sum->aside + lost(*sum), sum->received, rounding(*sum));
  EXPECT_NEAR(remainder(explanation.ledger), sum_of(explanation, "relevance"), 1e-5);
}

TEST(Ledger, EveryTargetHasOneAndSeveralSweepsReportTheFirst) {
  const ReferenceCase reference("rcam_resnet18_posgamma_folded");
  Session session = open(reference, true);
  ExplainRequest request;
  request.targets = {3, 7};
  request.ledger = true;
  request.start = "one-hot";
  const std::vector<LedgerEntry> one_hot = explain(session, request).ledger;
  request.start = "balanced";
  const std::vector<LedgerEntry> balanced = explain(session, request).ledger;
  ASSERT_EQ(one_hot.size(), balanced.size());
  EXPECT_EQ(std::ranges::count(one_hot, 3, &LedgerEntry::target),
            std::ranges::count(one_hot, 7, &LedgerEntry::target));
  for (std::size_t i = 0; i < one_hot.size(); ++i) {
    EXPECT_EQ(one_hot[i].node, balanced[i].node);
    EXPECT_EQ(one_hot[i].target, balanced[i].target);
    EXPECT_NEAR(one_hot[i].sent, balanced[i].sent, rounding(one_hot[i]));
  }
}

/// x [1,1,2,2] of ones, then `build`'s nodes to "map", then the mean as the only score.
Session one_score(OnnxBuilder build) {
  build.input("x", {1, 1, 2, 2}).node("GlobalAveragePool", {"map"}, {"mean"});
  build.node("Flatten", {"mean"}, {"score"}).output("score");
  Session session = Session::load(build.bytes(), {});
  session.set_input(std::vector<float>(4, 1.0F));
  return session;
}

const LedgerEntry& entry_of(const Explanation& explanation, const std::string& op_type) {
  const auto found = std::ranges::find(explanation.ledger, op_type, &LedgerEntry::op_type);
  if (found == explanation.ledger.end()) throw std::runtime_error("no entry for " + op_type);
  return *found;
}

ExplainRequest down_to_the_input() {
  ExplainRequest request;
  request.start = "one-hot";
  request.layers = {"x"};
  request.emit = {"relevance"};
  request.ledger = true;
  return request;
}

TEST(Ledger, WhatFallsOnPaddingIsPadding) {
  OnnxBuilder build;
  build.integers("pads", {8}, {0, 0, 1, 1, 0, 0, 1, 1}).floats("one", {}, {1.0F});
  build.node("Pad", {"x", "pads", "one"}, {"map"});
  Session session = one_score(std::move(build));
  const Explanation explanation = explain(session, down_to_the_input());
  // 16 equal shares, 12 of them on the margin.
  EXPECT_NEAR(entry_of(explanation, "Pad").padding, 0.75, 1e-6);
  EXPECT_NEAR(entry_of(explanation, "Pad").sent, 0.25, 1e-6);
}

TEST(Ledger, TheShareOfAConstantSummandIsBias) {
  OnnxBuilder build;
  build.floats("three", {1, 1, 1, 1}, {3.0F});
  build.node("Relu", {"x"}, {"r"}).node("Sum", {"x", "r", "three"}, {"map"});
  Session session = one_score(std::move(build));
  const Explanation explanation = explain(session, down_to_the_input());
  EXPECT_NEAR(entry_of(explanation, "Sum").bias, 0.6, 1e-6);
  EXPECT_NEAR(entry_of(explanation, "Sum").sent, 0.4, 1e-6);
}

}  // namespace
}  // namespace relcam
