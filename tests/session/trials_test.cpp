#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "session/session.h"
#include "support/reference_case.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::ReferenceCase;

const std::string kFirstBlock = "/layer1/layer1.0/relu_1/Relu_output_0";

void run(Job& job) {
  while (job.step()) continue;
}

double sum(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// A request for `method`, by default at its own layer and for the top class.
ExplainRequest ask(const std::string& method, const std::string& layer = "",
                   std::vector<std::size_t> targets = {}, const Settings& parameters = {}) {
  ExplainRequest request;
  request.method = method;
  if (!layer.empty()) request.layers = {layer};
  request.targets = std::move(targets);
  request.parameters = parameters;
  return request;
}

/// Explanations that run the model again, on a narrow ResNet-18 with residual sums.
class SessionTrialsTest : public ::testing::Test {
 protected:
  SessionTrialsTest() { session_.set_input(input_); }

  Explanation explain(const ExplainRequest& request) {
    run(*session_.start_explain(request));
    return session_.explanation();
  }

  std::vector<float> result(const ExplainRequest& request) {
    return explain(request).results.at(0).data;
  }

  void expect_refused(const ExplainRequest& request, ErrorCode code) {
    testing::refusal(code, [&] { session_.start_explain(request); });
  }

  ReferenceCase reference_{"pgc_resnet"};
  std::vector<float> input_ = reference_.tensor("input.pb").values;
  Session session_ = Session::load(reference_.model(), {});
};

TEST_F(SessionTrialsTest, CancellingInTheMiddleLeavesTheSessionUsable) {
  for (const char* method : {"score-cam", "ablation-cam", "integrated-gradients"}) {
    const ExplainRequest request = ask(method);
    const Explanation whole = explain(request);
    session_.set_input(std::vector<float>(input_.size(), 0.25F));
    for (int steps = 1; steps < 400; steps += 57) {
      const auto job = session_.start_explain(request);
      for (int i = 0; i < steps; ++i) job->step();
    }
    session_.set_input(input_);
    EXPECT_EQ(result(request), whole.results.at(0).data) << method;
  }
}

TEST_F(SessionTrialsTest, ProgressCountsTrials) {
  const auto job = session_.start_explain(ask("score-cam"));
  std::vector<std::string> phases;
  std::size_t last = 0;
  do {
    const Progress progress = job->progress();
    EXPECT_LE(progress.done, progress.total);
    if (phases.empty() || phases.back() != progress.phase) phases.push_back(progress.phase);
    if (progress.phase != "trials") continue;
    EXPECT_EQ(progress.total, 64U);
    EXPECT_GE(progress.done, last);
    last = progress.done;
  } while (job->step());
  EXPECT_EQ(last, 64U);
  EXPECT_EQ(phases, (std::vector<std::string>{"forward", "backward", "trials", "cam"}));
}

TEST_F(SessionTrialsTest, RandomMethodsRepeatForTheSameSeedOnly) {
  for (const char* method : {"rise", "smoothgrad", "smooth-grad-cam++"}) {
    ExplainRequest request = ask(method);
    request.parameters[std::string(method) == "rise" ? "masks" : "samples"] = "11";
    // Behind the last stage, the gradient is that of a linear map.
    if (std::string(method) == "smooth-grad-cam++") request.layers = {kFirstBlock};
    const std::vector<float> first = result(request);
    EXPECT_EQ(result(request), first) << method;
    request.parameters["seed"] = "1";
    EXPECT_NE(result(request), first) << method;
  }
}

TEST_F(SessionTrialsTest, SeveralTargetsShareTheRunsAndAgreeWithOneByOne) {
  for (const char* method : {"ablation-cam", "integrated-gradients"}) {
    ExplainRequest request = ask(method);
    request.targets = {1, 7};
    const Explanation together = explain(request);
    ASSERT_EQ(together.results.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      request.targets = {together.targets[i]};
      EXPECT_EQ(result(request), together.results[i].data) << method;
    }
  }
}

TEST_F(SessionTrialsTest, IntegratedGradientsSumToTheChangeOfTheScore) {
  for (const std::string& layer : {std::string("input"), kFirstBlock}) {
    const double total = sum(result(ask("integrated-gradients", layer, {3}, {{"steps", "200"}})));
    // With a window as large as the layer, occlusion is the score lost at the baseline.
    const std::vector<float> occlusion = result(ask("occlusion", layer, {3}, {{"window", "64"}}));
    const auto lost = static_cast<double>(occlusion.front());
    EXPECT_NEAR(total, lost, 0.02 * std::abs(lost) + 1e-3) << layer;
  }
}

TEST_F(SessionTrialsTest, OcclusionIsByDefaultThatOfTheReferenceCases) {
  const std::vector<float> defaults = result(ask("occlusion", "input", {3}));
  EXPECT_EQ(defaults, result(ask("occlusion", "input", {3}, {{"window", "8"}, {"stride", "4"}})));
  EXPECT_NE(defaults, result(ask("occlusion", "input", {3}, {{"window", "16"}, {"stride", "8"}})));
}

TEST_F(SessionTrialsTest, WithoutNoiseSmoothgradIsTheGradient) {
  ExplainRequest request = ask("smoothgrad", "input", {2}, {{"samples", "3"}, {"noise", "0"}});
  request.emit = {"attribution", "gradient"};
  const Explanation explanation = explain(request);
  ASSERT_EQ(explanation.results.size(), 2U);
  const std::vector<float>& smooth = explanation.results[0].data;
  const std::vector<float>& gradient = explanation.results[1].data;
  ASSERT_EQ(smooth.size(), gradient.size());
  for (std::size_t i = 0; i < smooth.size(); ++i) ASSERT_NEAR(smooth[i], gradient[i], 1e-5F) << i;
}

TEST_F(SessionTrialsTest, WithoutNoiseSmoothGradCamPlusPlusIsThePeersGradCamPlusPlus) {
  std::size_t checked = 0;
  for (const auto& entry : reference_.description().at("expect")) {
    if (entry.at("method") != "GradCAMPlusPlus" || entry.at("kind") != "weights") continue;
    ExplainRequest request = ask("smooth-grad-cam++", entry.at("layer"),
                                 {reference_.description().at("target_class").get<std::size_t>()},
                                 {{"samples", "2"}, {"noise", "0"}});
    request.emit = {"weights"};
    EXPECT_EQ(testing::difference(result(request), reference_.tensor(entry.at("file")).values,
                                  entry.at("atol"), entry.at("rtol")),
              "");
    ++checked;
  }
  EXPECT_GT(checked, 0U);
}

TEST_F(SessionTrialsTest, UnsuitableRequestsAreRefused) {
  ExplainRequest request = ask("score-cam");
  request.start = "balanced";
  expect_refused(request, ErrorCode::InvalidOption);
  request = ask("score-cam");
  request.composite = "relevance-cam";
  expect_refused(request, ErrorCode::InvalidOption);
  request = ask("rise");
  request.emit = {"weights"};
  expect_refused(request, ErrorCode::InvalidOption);
  expect_refused(ask("ablation-cam", "logits"), ErrorCode::UnknownLayer);
  request = ask("ablation-cam", "/layer4/layer4.1/relu_1/Relu_output_0", {1});
  request.output = kFirstBlock;
  expect_refused(request, ErrorCode::UnknownLayer);
}

}  // namespace
}  // namespace relcam
