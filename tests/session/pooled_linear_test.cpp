#include "session/pooled_linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/error.h"
#include "session/session.h"
#include "support/onnx_builder.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::onnx_attribute;
using testing::OnnxBuilder;

constexpr std::size_t kChannels = 3;
constexpr std::size_t kClasses = 2;
const std::vector<float> kWeights{0.5F, -1.0F, 2.0F, 1.5F, 0.25F, -0.75F};  // by class
const std::vector<float> kBias{0.125F, -0.5F};

std::vector<float> numbers(std::size_t count, float step) {
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = std::sin(step * static_cast<float>(i + 1));
  return result;
}

/// A picture of 6x4, a convolution to 3 channels and the layer "features" after a Relu; `tail` goes
/// on to "logits".
Session make_session(const std::function<void(OnnxBuilder&)>& tail) {
  OnnxBuilder builder(13);
  builder.input("input", {1, 3, 6, 4}).floats("kernel", {3, 3, 3, 3}, numbers(81, 0.7F));
  builder.node("Conv", {"input", "kernel"}, {"conv"},
               {onnx_attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})});
  builder.node("Relu", {"conv"}, {"features"});
  tail(builder);
  builder.output("logits");
  Session session = Session::load(builder.bytes(), {});
  session.set_input(numbers(72, 0.9F));
  return session;
}

Explanation explain(Session& session, const ExplainRequest& request) {
  const auto job = session.start_explain(request);
  while (job->step()) continue;
  return session.explanation();
}

ExplainRequest cam_request(const std::string& layer) {
  ExplainRequest request;
  request.method = "cam";
  request.layers = {layer};
  request.targets = {0, 1};
  request.emit = {"cam", "weights"};
  return request;
}

void flat_gemm(OnnxBuilder& builder, const std::string& pooled) {
  builder.floats("w", {2, 3}, kWeights).floats("b", {2}, kBias);
  builder.node("Flatten", {pooled}, {"flat"});
  builder.node("Gemm", {"flat", "w", "b"}, {"logits"}, {onnx_attribute("transB", std::int64_t{1})});
}

void average_gemm(OnnxBuilder& builder) {
  builder.node("GlobalAveragePool", {"features"}, {"pooled"});
  flat_gemm(builder, "pooled");
}

/// MatMul and a bias after a reduction without keepdims.
void reduction_matmul(OnnxBuilder& builder, const std::string& reduction) {
  builder.floats("w", {3, 2}, {0.5F, 1.5F, -1.0F, 0.25F, 2.0F, -0.75F}).floats("b", {2}, kBias);
  const auto keep = onnx_attribute("keepdims", std::int64_t{0});
  if (reduction == "ReduceSum") {
    builder.integers("axes", {2}, {2, 3});
    builder.node(reduction, {"features", "axes"}, {"pooled"}, {keep});
  } else {
    builder.node(reduction, {"features"}, {"pooled"},
                 {keep, onnx_attribute("axes", std::vector<std::int64_t>{2, 3})});
  }
  builder.node("MatMul", {"pooled", "w"}, {"product"});
  builder.node("Add", {"product", "b"}, {"logits"});
}

void average_conv(OnnxBuilder& builder) {
  builder.floats("w", {2, 3, 1, 1}, kWeights).floats("b", {2}, kBias);
  builder.node("AveragePool", {"features"}, {"pooled"},
               {onnx_attribute("kernel_shape", std::vector<std::int64_t>{6, 4})});
  builder.node("Conv", {"pooled", "w", "b"}, {"scores"});
  builder.node("Flatten", {"scores"}, {"logits"});
}

double mean_of(const std::vector<float>& values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

/// The class's weights, and the score without its bias as the map's mean; `factor` is the number of
/// positions where the tail sums rather than averages.
void expect_class_activation_map(Session session, float factor) {
  const Explanation explanation = explain(session, cam_request("features"));
  ASSERT_EQ(explanation.results.size(), 2 * kClasses);
  for (std::size_t target = 0; target < kClasses; ++target) {
    const std::vector<float>& map = explanation.results[2 * target].data;
    const std::vector<float>& weights = explanation.results[2 * target + 1].data;
    EXPECT_NEAR(mean_of(map), explanation.logits[target] - kBias[target], 1e-4);
    for (std::size_t c = 0; c < kChannels; ++c) {
      EXPECT_NEAR(weights[c], factor * kWeights[target * kChannels + c], 1e-5F);
    }
  }
}

TEST(PooledLinear, CamTakesTheWeightsOfTheLastLinearLayer) {
  expect_class_activation_map(make_session(average_gemm), 1.0F);
  expect_class_activation_map(make_session(average_conv), 1.0F);
  expect_class_activation_map(
      make_session([](OnnxBuilder& builder) { reduction_matmul(builder, "ReduceMean"); }), 1.0F);
  expect_class_activation_map(
      make_session([](OnnxBuilder& builder) { reduction_matmul(builder, "ReduceSum"); }), 24.0F);
}

TEST(PooledLinear, WithoutALinearLayerTheMapIsTheClassesOwnChannel) {
  Session session = make_session([](OnnxBuilder& builder) {
    builder.node("GlobalAveragePool", {"features"}, {"pooled"});
    builder.node("Flatten", {"pooled"}, {"logits"});
  });
  ExplainRequest request = cam_request("features");
  request.targets = {2};
  EXPECT_EQ(explain(session, request).results[1].data, (std::vector<float>{0.0F, 0.0F, 1.0F}));
}

TEST(PooledLinear, TheDefaultLayerIsTheOneThatIsPooled) {
  Session session = make_session(average_gemm);
  ExplainRequest request;
  request.method = "cam";
  const Explanation explanation = explain(session, request);
  ASSERT_EQ(explanation.results.size(), 1U);
  EXPECT_EQ(explanation.results.front().layer, "features");
}

void expect_refused(Session session, const std::string& layer, const std::string& culprit) {
  const Error error = testing::error_of([&] { session.start_explain(cam_request(layer)); });
  EXPECT_EQ(error.code(), ErrorCode::UnknownLayer);
  EXPECT_EQ(error.node(), layer);
  const std::string message = error.what();
  EXPECT_NE(message.find(culprit), std::string::npos) << message;
  EXPECT_NE(message.find("grad-cam"), std::string::npos) << message;
}

TEST(PooledLinear, RefusesALayerThatIsNotPooledItself) {
  expect_refused(make_session(average_gemm), "conv", "GlobalAveragePool");
}

TEST(PooledLinear, RefusesTailsOfAnotherKind) {
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.node("GlobalMaxPool", {"features"}, {"pooled"});
                   flat_gemm(builder, "pooled");
                 }),
                 "features", "GlobalMaxPool");
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.node("GlobalAveragePool", {"features"}, {"pooled"});
                   builder.node("Relu", {"pooled"}, {"rectified"});
                   flat_gemm(builder, "rectified");
                 }),
                 "features", "Relu");
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.floats("u", {3, 3, 1, 1}, numbers(9, 0.3F));
                   builder.node("GlobalAveragePool", {"features"}, {"pooled"});
                   builder.node("Conv", {"pooled", "u"}, {"mixed"});
                   flat_gemm(builder, "mixed");
                 }),
                 "features", "Conv");
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.floats("w", {2, 72}, numbers(144, 0.2F));
                   builder.node("Flatten", {"features"}, {"flat"});
                   builder.node("Gemm", {"flat", "w"}, {"logits"},
                                {onnx_attribute("transB", std::int64_t{1})});
                 }),
                 "features", "no pool");
}

TEST(PooledLinear, RefusesAWindowThatMissesPositions) {
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.node("AveragePool", {"features"}, {"pooled"},
                                {onnx_attribute("kernel_shape", std::vector<std::int64_t>{5, 4}),
                                 onnx_attribute("strides", std::vector<std::int64_t>{5, 4})});
                   flat_gemm(builder, "pooled");
                 }),
                 "features", "not all positions");
}

TEST(PooledLinear, RefusesAnAverageOverChannels) {
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.floats("w", {2, 24}, numbers(48, 0.2F));
                   builder.node("ReduceMean", {"features"}, {"pooled"},
                                {onnx_attribute("axes", std::vector<std::int64_t>{1})});
                   builder.node("Flatten", {"pooled"}, {"flat"});
                   builder.node("Gemm", {"flat", "w"}, {"logits"},
                                {onnx_attribute("transB", std::int64_t{1})});
                 }),
                 "features", "not all positions");
}

TEST(PooledLinear, RefusesALayerThatAlsoTakesAnotherWay) {
  expect_refused(make_session([](OnnxBuilder& builder) {
                   builder.node("GlobalAveragePool", {"features"}, {"pooled"});
                   builder.node("GlobalMaxPool", {"features"}, {"winners"});
                   builder.node("Add", {"pooled", "winners"}, {"both"});
                   flat_gemm(builder, "both");
                 }),
                 "features", "joins several values");
}

}  // namespace
}  // namespace relcam
