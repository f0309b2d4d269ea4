// Networks of many families as PyTorch exports them (tests/data/matrix), beside PyTorch's own
// logits and gradients. scripts/docs-models.mjs makes a table of the recorded properties.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "session/session.h"
#include "support/ledger.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

using testing::ReferenceCase;

const std::string kGroup = "matrix";

/// A network whose axes all have sizes loads as it is; any other needs the input's shape.
Session open(const ReferenceCase& network) {
  const auto& description = network.description();
  LoadOptions options;
  if (!description.at("dynamic_axes").empty()) {
    const auto& input = description.at("input");
    options.input_shapes[input.at("name")] = input.at("shape").get<Shape>();
  }
  Session session = Session::load(network.model(), options);
  session.set_input(network.tensor("input.pb").values);
  return session;
}

const Explanation& explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

/// The largest error as a part of the largest magnitude; infinite where sizes differ.
double relative_error(const std::vector<float>& got, const std::vector<float>& want) {
  if (got.size() != want.size()) return INFINITY;
  double error = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(static_cast<double>(got[i]) - static_cast<double>(want[i]));
    error = std::isnan(difference) ? INFINITY : std::max(error, difference);
    largest = std::max(largest, static_cast<double>(std::abs(want[i])));
  }
  return error / largest;
}

std::string to_text(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

bool is_finite(float value) { return std::isfinite(value); }

class MatrixTest : public ::testing::TestWithParam<std::string> {
 protected:
  ReferenceCase network_{GetParam(), kGroup};
  Session session_ = open(network_);

  std::vector<std::size_t> target() const {
    return {network_.description().at("target_class").get<std::size_t>()};
  }
};

TEST_P(MatrixTest, LogitsArePyTorchs) {
  const auto job = session_.start_forward();
  while (job->step()) continue;
  const double error = relative_error(session_.logits(), network_.tensor("logits.pb").values);
  RecordProperty("logits", to_text(error));
  EXPECT_LE(error, 1e-4);
}

TEST_P(MatrixTest, TheInputGradientIsPyTorchs) {
  ExplainRequest request;
  request.method = "gradient";
  request.layers = {"input"};
  request.targets = target();
  const auto& results = explain(session_, request).results;
  ASSERT_EQ(results.size(), 1U);
  const auto want = network_.tensor("input_gradient.pb");
  EXPECT_EQ(results.front().shape, want.shape);
  const double error = relative_error(results.front().data, want.values);
  RecordProperty("gradient", to_text(error));
  EXPECT_LE(error, 1e-3);
}

TEST_P(MatrixTest, RelevanceCamHasAMapAtEveryStage) {
  ExplainRequest request;
  request.layers = {"stages"};
  request.targets = target();
  request.emit = {"cam"};
  const Explanation& explanation = explain(session_, request);
  for (const ResultArray& map : explanation.results) {
    EXPECT_TRUE(std::ranges::all_of(map.data, is_finite)) << map.layer;
    const auto [least, most] = std::ranges::minmax(map.data);
    const float size = std::max(std::abs(least), std::abs(most));
    EXPECT_GT(most - least, 1e-3F * size) << map.layer;
  }
  const auto is_fault = [](const Diagnosis& diagnosis) { return diagnosis.code == "not-finite"; };
  EXPECT_TRUE(std::ranges::none_of(explanation.diagnoses, is_fault));
  const auto stages = std::ranges::count_if(session_.info().layers, &LayerInfo::stage);
  EXPECT_GE(stages, 1);
  EXPECT_EQ(static_cast<std::size_t>(stages), explanation.results.size());
  RecordProperty("stages", static_cast<int>(stages));
}

/// What arrives at the shallowest stage is what was received at the logits, less every loss that
/// the nodes between show.
TEST_P(MatrixTest, RelevanceIsConservedAsTheLedgerSays) {
  ExplainRequest request;
  request.start = "one-hot";
  const auto& layers = session_.info().layers;
  request.layers = {std::ranges::find_if(layers, &LayerInfo::stage)->name};
  request.targets = target();
  request.emit = {"relevance"};
  request.ledger = true;
  const Explanation& explanation = explain(session_, request);
  double worst = 0.0;
  double allowed = 0.0;
  for (const LedgerEntry& entry : explanation.ledger) {
    allowed += testing::rounding(entry);
    if (!testing::divides(entry)) continue;
    EXPECT_LE(std::abs(entry.other), testing::rounding(entry)) << entry.node << " " << entry.rule;
    worst = std::max(worst, std::abs(entry.other) / (1.0 + std::abs(entry.received)));
  }
  double arrived = 0.0;
  for (const float relevance : explanation.results.front().data) {
    arrived += static_cast<double>(relevance);
  }
  EXPECT_NEAR(arrived, testing::remainder(explanation.ledger), allowed);
  RecordProperty("ledger", to_text(worst));
}

INSTANTIATE_TEST_SUITE_P(Networks, MatrixTest,
                         ::testing::ValuesIn(ReferenceCase::names("", kGroup)),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace relcam
