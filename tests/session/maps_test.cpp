#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "methods/finish.h"
#include "methods/method.h"
#include "session/session.h"
#include "support/onnx_builder.h"
#include "support/reference_case.h"
#include "support/refusal.h"

namespace relcam {
namespace {

/// A narrow ResNet-18 with one picture, asked for maps.
class MapsTest : public ::testing::Test {
 protected:
  MapsTest() {
    session_.set_input(reference_.tensor("input.pb").values);
    request_.method = "grad-cam";
    request_.layers = {"/layer2/layer2.1/relu_1/Relu_output_0",
                       "/layer3/layer3.1/relu_1/Relu_output_0",
                       "/layer4/layer4.1/relu_1/Relu_output_0"};
    request_.targets = {3};
  }

  std::vector<ResultArray> explain(const ExplainRequest& request) {
    const auto job = session_.start_explain(request);
    while (job->step()) continue;
    return session_.explanation().results;
  }

  void expect_refused(const ExplainRequest& request, const std::string& word) {
    const std::string message =
        testing::refusal(ErrorCode::InvalidOption, [&] { session_.start_explain(request); });
    EXPECT_NE(message.find(word), std::string::npos) << message;
  }

  testing::ReferenceCase reference_{"rcam_resnet18_posgamma_folded"};
  Session session_ = Session::load(reference_.model(), {});
  ExplainRequest request_;
};

/// The fusion of raw maps, written out.
std::vector<float> fusion_twin(const std::vector<ResultArray>& raw, const std::string& fusion) {
  constexpr ImageSize kInput{.width = 64, .height = 64};
  std::vector<std::vector<float>> maps;
  for (const ResultArray& map : raw) {
    const ImageSize size{.width = static_cast<int>(map.shape[3]),
                         .height = static_cast<int>(map.shape[2])};
    maps.push_back(resize_unit_map(map.data, size, kInput, true));
  }
  std::vector<float> fused(maps.front().size());
  for (std::size_t i = 0; i < fused.size(); ++i) {
    float sum = 0.0F;
    float most = 0.0F;
    float product = 1.0F;
    for (const std::vector<float>& map : maps) {
      sum += map[i];
      most = std::max(most, map[i]);
      product *= map[i];
    }
    fused[i] = fusion == "mean"  ? sum / static_cast<float>(maps.size())
               : fusion == "max" ? most
                                 : product;
  }
  scale_to_unit(fused);
  return fused;
}

TEST_F(MapsTest, FusionComesAfterTheLayersOfEachTarget) {
  request_.targets = {3, 5};
  request_.fusion = "mean";
  const std::vector<ResultArray> results = explain(request_);
  ASSERT_EQ(results.size(), 8U);
  for (const std::size_t at : {3U, 7U}) {
    EXPECT_EQ(results[at].layer, kFusionLayer);
    EXPECT_EQ(results[at].kind, "scaled");
    EXPECT_EQ(results[at].shape, (Shape{1, 1, 64, 64}));
    EXPECT_EQ(results[at].target, at == 3 ? 3 : 5);
    EXPECT_EQ(results[at - 1].kind, "cam");
  }
  EXPECT_NE(results[3].data, results[7].data);
}

TEST_F(MapsTest, FusionOfOneLayerIsThatLayersMap) {
  request_.layers.resize(1);
  request_.emit = {"scaled"};
  for (const char* fusion : {"mean", "max", "product"}) {
    request_.fusion = fusion;
    const std::vector<ResultArray> results = explain(request_);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[1].data, results[0].data) << fusion;
  }
}

TEST_F(MapsTest, FusionJoinsTheResizedMapsAndScalesThem) {
  for (const std::string fusion : {"mean", "max", "product"}) {
    request_.fusion = fusion;
    std::vector<ResultArray> results = explain(request_);
    const std::vector<float> fused = results.back().data;
    results.pop_back();
    const std::vector<float> want = fusion_twin(results, fusion);
    for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(fused[i], want[i], 1e-6F) << fusion;
  }
}

TEST_F(MapsTest, FusionNoneSwitchesOffAMethodsOwn) {
  request_.method = "refine-cam";
  request_.emit = {"scaled"};
  const std::vector<ResultArray> fused = explain(request_);
  request_.fusion = "none";
  const std::vector<ResultArray> results = explain(request_);
  ASSERT_EQ(results.size(), fused.size() - 1);
  EXPECT_EQ(fused.back().layer, kFusionLayer);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].layer, fused[i].layer);
    EXPECT_EQ(results[i].data, fused[i].data);
  }
}

TEST_F(MapsTest, FusionAloneIsEnoughToNeedSpatialLayers) {
  request_.fusion = "mean";
  request_.emit = {"activation"};
  EXPECT_EQ(explain(request_).size(), 4U);
  request_.layers = {"logits", request_.layers.front()};
  EXPECT_EQ(explain(request_).back().layer, kFusionLayer);
}

TEST_F(MapsTest, EvidencePartsTheRawMap) {
  request_.layers.resize(1);
  const std::vector<float> raw = explain(request_).front().data;
  request_.evidence = "signed";
  EXPECT_EQ(explain(request_).front().data, raw);
  request_.evidence = "positive";
  const std::vector<float> positive = explain(request_).front().data;
  request_.evidence = "negative";
  const std::vector<float> negative = explain(request_).front().data;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    EXPECT_EQ(positive[i], std::max(raw[i], 0.0F));
    EXPECT_EQ(negative[i], std::max(-raw[i], 0.0F));
  }
}

TEST_F(MapsTest, SignedScaledMapsFillTheIntervalAroundZero) {
  request_.emit = {"scaled"};
  request_.evidence = "signed";
  for (const std::string fusion : {"mean", "max"}) {
    request_.fusion = fusion;
    for (const ResultArray& result : explain(request_)) {
      const auto [low, high] = std::ranges::minmax(result.data);
      EXPECT_NEAR(std::max(high, -low), 1.0F, 1e-5F) << result.layer;
      EXPECT_LT(low, 0.0F) << result.layer;
      EXPECT_GT(high, 0.0F) << result.layer;
    }
  }
}

TEST_F(MapsTest, WrongMapOptionsAreRefused) {
  ExplainRequest request = request_;
  request.fusion = "sum";
  expect_refused(request, "mean, max, product");
  request = request_;
  request.evidence = "both";
  expect_refused(request, "positive, negative, signed");
  request = request_;
  request.fusion = "product";
  request.evidence = "signed";
  expect_refused(request, "product");
  request = request_;
  request.method = "layer-cam";
  request.emit = {"weights"};
  expect_refused(request, "cam, scaled, gradient, activation, seed");
}

TEST_F(MapsTest, MethodsWithoutSignalGiveTheGradientBeside) {
  request_.layers.resize(1);
  request_.emit = {"gradient"};
  const std::vector<float> want = explain(request_).front().data;
  request_.method = "eigen-cam";
  request_.emit = {"cam", "gradient"};
  const std::vector<ResultArray> results = explain(request_);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].data, want);
  request_.emit = {"seed"};
  expect_refused(request_, "cam, scaled, gradient, activation");
}

TEST_F(MapsTest, TheSeedIsGivenOnceForEveryTargetWhateverTheLayers) {
  request_.targets = {2, 5};
  request_.emit = {"seed", "weights"};
  std::vector<ResultArray> results = explain(request_);
  const std::size_t layers = request_.layers.size();
  ASSERT_EQ(results.size(), 2 * (layers + 1));
  for (const std::size_t last : {layers, 2 * layers + 1}) {
    EXPECT_EQ(results[last].kind, "seed");
    EXPECT_EQ(results[last].layer, "logits");
    EXPECT_EQ(results[last].target, last == layers ? 2 : 5);
    std::vector<float> one_hot(results[last].data.size(), 0.0F);
    one_hot[last == layers ? 2 : 5] = 1.0F;
    EXPECT_EQ(results[last].data, one_hot);
  }
  request_.layers.emplace_back("logits");
  results = explain(request_);
  EXPECT_EQ(std::ranges::count(results, "seed", &ResultArray::kind), 2);
}

TEST_F(MapsTest, LongMapsAreMadeInManySteps) {
  const auto cam_steps = [&](const char* method) {
    request_.method = method;
    const auto job = session_.start_explain(request_);
    std::size_t steps = 0;
    while (job->step()) steps += job->progress().phase == "cam" ? 1 : 0;
    return steps;
  };
  const std::size_t at_once = cam_steps("grad-cam");
  for (const char* method : {"eigen-cam", "kpca-cam"}) {
    EXPECT_GT(cam_steps(method), at_once + 2 * request_.layers.size()) << method;
  }
}

TEST_F(MapsTest, TheLastStageIsTheDeepest) {
  request_.layers = {"last-stage"};
  const std::vector<ResultArray> results = explain(request_);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results.front().layer, "/layer4/layer4.1/relu_1/Relu_output_0");
}

TEST_F(MapsTest, CamIsGradCamTimesThePositionsWhereTheModelEndsInAPool) {
  request_.layers = {"last-stage"};
  const std::vector<float> grad_cam = explain(request_).front().data;
  request_.method = "cam";
  const std::vector<float> cam = explain(request_).front().data;
  const auto positions = static_cast<float>(cam.size());
  for (std::size_t i = 0; i < cam.size(); ++i) {
    EXPECT_NEAR(cam[i], positions * grad_cam[i], 1e-5F * std::abs(cam[i]));
  }
}

TEST(Maps, OfEveryPositionWithEveryOtherAreRefusedForLargeLayers) {
  testing::OnnxBuilder builder(13);
  builder.input("input", {1, 1, 65, 64});
  builder.node("Relu", {"input"}, {"features"});
  builder.node("GlobalAveragePool", {"features"}, {"pooled"});
  builder.node("Flatten", {"pooled"}, {"logits"});
  builder.output("logits");
  Session session = Session::load(builder.bytes(), {});
  session.set_input(std::vector<float>(65 * 64, 1.0F));
  ExplainRequest request;
  request.method = "kpca-cam";
  request.layers = {"features"};
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [&] { session.start_explain(request); });
  EXPECT_NE(message.find("4096 positions"), std::string::npos) << message;
  EXPECT_NE(message.find("'features'"), std::string::npos) << message;
}

/// Shape, layout and signal of every method on the roster, as a user asks for them.
TEST_F(MapsTest, EveryMethodMakesAMap) {
  for (const Method& method : all_methods()) {
    if (!method.maps_signals()) continue;
    request_.method = method.name;
    request_.layers = {"last-stage"};
    request_.emit = {"scaled"};
    const std::vector<ResultArray> results = explain(request_);
    ASSERT_EQ(results.size(), method.default_fusion.empty() ? 1U : 2U) << method.name;
    for (const ResultArray& result : results) {
      EXPECT_TRUE(std::ranges::all_of(result.data, [](float x) { return x >= 0.0F && x <= 1.0F; }))
          << method.name << " " << result.layer;
    }
  }
}

}  // namespace
}  // namespace relcam
