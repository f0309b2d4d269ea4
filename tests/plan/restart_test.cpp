#include <gtest/gtest.h>

#include <algorithm>

#include "canonizers/canonize.h"
#include "canonizers/logits.h"
#include "onnx/read_onnx.h"
#include "plan/forward_plan.h"
#include "session/stages.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

using testing::ReferenceCase;

Graph canonical(const ReferenceCase& reference) {
  Graph graph = read_onnx(reference.model(), {});
  canonize(graph, {}, ThreadPool(1));
  return graph;
}

class RestartTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<bool> everything() const {
    return std::vector<bool>(program_.graph().values.size(), true);
  }

  std::vector<bool> logits_only() const {
    std::vector<bool> kept(program_.graph().values.size(), false);
    kept[static_cast<std::size_t>(logits_)] = true;
    return kept;
  }

  void run(ForwardPass& pass) const {
    std::ranges::copy(reference_.tensor("input.pb").values,
                      pass.input(program_.graph().inputs.front()).begin());
    while (!pass.finished()) pass.step();
  }

  static void expect_near(std::span<const float> got, std::span<const float> want,
                          const std::string& where) {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_NEAR(got[i], want[i], 1e-4F * std::max(1.0F, std::abs(want[i]))) << where;
    }
  }

  ReferenceCase reference_{GetParam()};
  ThreadPool pool_{1};
  Program program_{canonical(reference_), pool_};
  ValueId logits_ = logits_value(program_.graph());
};

TEST_P(RestartTest, FromAnyUnalteredValueEveryValueIsThatOfTheFullPass) {
  ForwardPass full(program_, everything());
  run(full);
  for (std::size_t i = 0; i < program_.size(); ++i) {
    const ValueId from = program_.node(i).outputs.front();
    ForwardPlan plan(program_, everything(), {.from = from, .samples = 3});
    ForwardPass restarted(program_, std::move(plan), full);
    restarted.restart(3);
    const std::span<const float> values = full.value(from);
    for (std::size_t k = 0; k < 3; ++k) {
      std::ranges::copy(values, restarted.input(from).subspan(k * values.size()).begin());
    }
    while (!restarted.finished()) restarted.step(2);
    const std::span<const float> want = full.value(logits_);
    if (!restarted.plan().computes(logits_)) continue;
    const std::span<const float> scores = restarted.value(logits_);
    for (std::size_t k = 0; k < 3; ++k) {
      expect_near(scores.subspan(k * want.size(), want.size()), want,
                  program_.graph().value(from).name);
    }
  }
}

TEST_P(RestartTest, FromTheInputEachSampleIsAPassOfItsOwn) {
  ForwardPass full(program_, logits_only());
  run(full);
  const ValueId input = program_.graph().inputs.front();
  ForwardPass restarted(program_, ForwardPlan(program_, logits_only(), {input, 4}), full);
  restarted.restart(3);
  const std::span<const float> image = full.value(input);
  for (std::size_t k = 0; k < 3; ++k) {
    const float scale = 1.0F - 0.25F * static_cast<float>(k);
    std::ranges::transform(image, restarted.input(input).subspan(k * image.size()).begin(),
                           [scale](float x) { return scale * x; });
  }
  while (!restarted.finished()) restarted.step();
  const std::vector<float> scores(restarted.value(logits_).begin(), restarted.value(logits_).end());
  for (std::size_t k = 0; k < 3; ++k) {
    ForwardPass alone(program_, logits_only());
    const std::vector<float> physical(image.begin(), image.end());
    std::ranges::transform(physical, alone.input(input).begin(),
                           [k](float x) { return (1.0F - 0.25F * static_cast<float>(k)) * x; });
    while (!alone.finished()) alone.step();
    const std::size_t classes = alone.value(logits_).size();
    expect_near(std::span(scores).subspan(k * classes, classes), alone.value(logits_),
                "sample " + std::to_string(k));
  }
}

/// A stage that all paths run through holds all that the scores depend on.
TEST_P(RestartTest, FromAStageTheScoresAreThoseOfTheGivenValues) {
  ForwardPass one(program_, everything());
  run(one);
  ForwardPass other(program_, everything());
  std::ranges::fill(other.input(program_.graph().inputs.front()), 0.5F);
  while (!other.finished()) other.step();
  const ValueId from = find_stages(program_, logits_).back();
  ForwardPass restarted(program_, ForwardPlan(program_, logits_only(), {from, 1}), one);
  std::ranges::copy(other.value(from), restarted.input(from).begin());
  while (!restarted.finished()) restarted.step();
  EXPECT_LT(restarted.done(), one.done());
  expect_near(restarted.value(logits_), other.value(logits_), "last stage");
}

INSTANTIATE_TEST_SUITE_P(Models, RestartTest,
                         ::testing::Values("pgc_resnet", "pgc_densenet", "pgc_mobilenet"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace relcam
