// Models that read more than a picture: which input takes it, and what the others' values do to
// scores and maps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "session/catalog.h"
#include "session/session.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using namespace relcam::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void finish(std::unique_ptr<Job> job) {
  while (job->step()) {
  }
}

/// Numbers from -1 to 1 in a fixed disorder.
std::vector<float> mixed(std::size_t count, std::size_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>((i * 37 + seed * 11) % 41) / 20.0F - 1.0F;
  }
  return values;
}

const std::vector<float> kAge = {0.5F, 2.0F, -1.0F, 1.5F};

/// Scores of four classes from a picture, joined with four numbers by `op`: an input "age" before
/// the picture's, or the constant kAge.
OnnxBuilder model_with_age(const std::string& op, bool is_input) {
  OnnxBuilder builder;
  if (is_input) {
    builder.input("age", {1, 4});
  } else {
    builder.floats("age", {1, 4}, kAge);
  }
  return builder.input("x", {1, 3, 8, 8})
      .floats("w", {5, 3, 3, 3}, mixed(135, 1))
      .floats("m", {5, 4}, mixed(20, 2))
      .node("Conv", {"x", "w"}, {"c"})
      .node("Relu", {"c"}, {"r"})
      .node("GlobalAveragePool", {"r"}, {"g"})
      .node("Flatten", {"g"}, {"f"})
      .node("MatMul", {"f", "m"}, {"s"})
      .node(op, {"s", "age"}, {"scores"})
      .output("scores");
}

const std::vector<float> kPicture = mixed(192, 3);

Session load(const OnnxBuilder& builder, const std::string& image_input = "") {
  LoadOptions options;
  options.image_input = image_input;
  return Session::load(builder.bytes(), options);
}

Explanation explained(Session& session, const ExplainRequest& request) {
  finish(session.start_explain(request));
  return session.explanation();
}

TEST(SeveralInputs, ThePictureStandsFirst) {
  const OnnxBuilder builder = model_with_age("Mul", true);
  EXPECT_EQ(load(builder).info().inputs[0].name, "x");
  EXPECT_EQ(load(builder).info().inputs[1].name, "age");
  EXPECT_EQ(load(builder, "age").info().inputs[0].name, "age");
  const Error error = error_of([&] { load(builder, "ages"); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidOption);
  EXPECT_THAT(error.what(), HasSubstr("no input 'ages'; it has 'age', 'x'"));
}

TEST(SeveralInputs, WithoutAPictureStayAsTheFileHasThem) {
  const OnnxBuilder builder =
      OnnxBuilder().input("a", {2}).input("b", {2}).node("Add", {"a", "b"}, {"c"}).output("c");
  EXPECT_EQ(load(builder).info().inputs[0].name, "a");
}

Explanation explained_with_age(const OnnxBuilder& builder, const ExplainRequest& request) {
  Session session = load(builder);
  session.set_input(kPicture);
  if (session.info().inputs.size() > 1) session.set_input("age", kAge);
  return explained(session, request);
}

/// Divided by the element of the largest magnitude, so that factors, negative ones too, do not
/// show.
std::vector<float> scaled(std::vector<float> values) {
  const float largest =
      *std::ranges::max_element(values, {}, [](float value) { return std::abs(value); });
  for (float& value : values) value /= largest;
  return values;
}

/// What is fixed in an input does what the same constant does. Relevance that goes to the input is
/// lost to a constant or not, as rules have it: from one class, maps differ by a factor.
TEST(SeveralInputs, AreHeldFixedByEveryMethod) {
  std::size_t count = 0;
  for (const CatalogMethod& method : catalog().methods) {
    if (method.layer == "attention" || method.name == "cam") continue;
    const bool relevance = method.signal == "relevance";
    const std::string op = relevance ? "Add" : "Mul";
    ExplainRequest request;
    request.method = method.name;
    request.targets = {0, 1};
    if (relevance) request.start = "one-hot";
    const Explanation got = explained_with_age(model_with_age(op, true), request);
    const Explanation want = explained_with_age(model_with_age(op, false), request);
    ASSERT_EQ(got.results.size(), want.results.size()) << method.name;
    for (std::size_t i = 0; i < got.results.size(); ++i) {
      const auto of = [&](const ResultArray& result) {
        return relevance ? scaled(result.data) : result.data;
      };
      EXPECT_EQ(got.results[i].layer, want.results[i].layer) << method.name;
      EXPECT_THAT(of(got.results[i]),
                  ::testing::Pointwise(::testing::FloatNear(1e-5F), of(want.results[i])))
          << method.name;
      ++count;
    }
  }
  EXPECT_GT(count, 40U);
}

/// Of a sum, in proportion to what each operand adds.
TEST(SeveralInputs, HaveTheirRelevanceAsideInTheLedger) {
  ExplainRequest request;
  request.method = "lrp";
  request.start = "one-hot";
  request.targets = {1};
  request.ledger = true;
  const Explanation got = explained_with_age(model_with_age("Add", true), request);
  const auto sum = std::ranges::find(got.ledger, "Add", &LedgerEntry::op_type);
  ASSERT_NE(sum, got.ledger.end());
  EXPECT_NEAR(sum->aside / sum->received, kAge[1] / got.logits[1], 1e-5);
  EXPECT_NEAR(sum->sent + sum->aside, sum->received, 1e-5);
}

/// Its maps are the last linear layer's weights, which alone do not make these scores.
TEST(SeveralInputs, AreRefusedByCam) {
  ExplainRequest request;
  request.method = "cam";
  const Error error = error_of([&] { explained_with_age(model_with_age("Mul", true), request); });
  EXPECT_THAT(error.what(), HasSubstr("joins several values"));
}

TEST(SeveralInputs, ChangeTheScoresAndEndTheReuseOfAPass) {
  Session session = load(model_with_age("Mul", true));
  session.set_input(kPicture);
  session.set_input("age", kAge);
  ExplainRequest request;
  request.method = "gradient";
  request.targets = {0};
  const Explanation first = explained(session, request);
  EXPECT_FALSE(first.reused_forward);
  session.set_input("age", kAge);
  request.targets = {1};
  EXPECT_TRUE(explained(session, request).reused_forward);
  session.set_input("age", std::vector<float>{1, 1, 1, 1});
  const Explanation other = explained(session, request);
  EXPECT_FALSE(other.reused_forward);
  for (std::size_t i = 0; i < kAge.size(); ++i) {
    EXPECT_NEAR(first.logits[i], other.logits[i] * kAge[i], 1e-5F) << i;
  }
}

TEST(SeveralInputs, AreNamedWhereTheyAreMissingWrongOrForgotten) {
  Session session = load(model_with_age("Mul", true));
  session.set_input(kPicture);
  const Error missing = error_of([&] { session.start_explain({}); });
  EXPECT_EQ(missing.node(), "age");
  const Error wrong = error_of([&] { session.set_input("age", std::vector<float>{1, 2}); });
  EXPECT_EQ(wrong.node(), "age");
  session.set_input("age", kAge);
  EXPECT_FALSE(explained(session, {}).results.empty());
  session.forget_input("age");
  EXPECT_EQ(error_of([&] { session.start_forward(); }).node(), "age");
  EXPECT_EQ(error_of([&] { session.forget_input("ages"); }).node(), "ages");
  session.set_input("age", kAge);
  EXPECT_FALSE(explained(session, {}).results.empty());
}

/// Two pictures, convolved apart, and what both say joined.
OnnxBuilder model_of_two_pictures() {
  return OnnxBuilder()
      .input("a", {1, 3, 8, 8})
      .input("b", {1, 3, 10, 10})
      .floats("wa", {5, 3, 3, 3}, mixed(135, 1))
      .floats("wb", {5, 3, 3, 3}, mixed(135, 5))
      .floats("m", {10, 4}, mixed(40, 2))
      .node("Conv", {"a", "wa"}, {"ca"})
      .node("Relu", {"ca"}, {"ra"})
      .node("GlobalAveragePool", {"ra"}, {"ga"})
      .node("Conv", {"b", "wb"}, {"cb"})
      .node("Relu", {"cb"}, {"rb"})
      .node("GlobalAveragePool", {"rb"}, {"gb"})
      .node("Concat", {"ga", "gb"}, {"g"}, {onnx_attribute("axis", std::int64_t{1})})
      .node("Flatten", {"g"}, {"f"})
      .node("MatMul", {"f", "m"}, {"scores"})
      .output("scores");
}

std::vector<std::string> stages_of(const Session& session) {
  std::vector<std::string> names;
  for (const LayerInfo& layer : session.info().layers) {
    if (layer.stage) names.push_back(layer.name);
  }
  return names;
}

TEST(TwoPictures, HaveTheStagesOfTheOneExplained) {
  EXPECT_THAT(stages_of(load(model_of_two_pictures())), ElementsAre("ra"));
  EXPECT_THAT(stages_of(load(model_of_two_pictures(), "b")), ElementsAre("rb"));
}

TEST(TwoPictures, HaveBoundsOfTheirOwn) {
  const std::vector<float> a = mixed(192, 3);
  const std::vector<float> b = mixed(300, 4);
  ExplainRequest request;
  request.method = "lrp";
  request.layers = {"b"};
  request.targets = {2};
  request.composite = "epsilon-gamma-box";
  // Bounds are those of the picture; of another input its own smallest and largest element.
  Session beside = load(model_of_two_pictures());
  beside.set_input(a, {.low = {-3, -3, -3}, .high = {3, 3, 3}});
  beside.set_input("b", b);
  Session alone = load(model_of_two_pictures(), "b");
  alone.set_input(b);
  alone.set_input("a", a);
  const Explanation got = explained(beside, request);
  const Explanation want = explained(alone, request);
  EXPECT_EQ(got.results.at(0).data, want.results.at(0).data);
  alone.set_input(b, {.low = {-3, -3, -3}, .high = {3, 3, 3}});
  EXPECT_NE(explained(alone, request).results.at(0).data, want.results.at(0).data);
}

}  // namespace
}  // namespace relcam
