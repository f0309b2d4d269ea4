#include <gtest/gtest.h>

#include <algorithm>

#include "image/resize_map.h"
#include "methods/finish.h"
#include "session/session.h"
#include "support/reference_case.h"

namespace relcam {
namespace {

constexpr const char* kLayer = "/layer3/layer3.1/relu_1/Relu_output_0";
constexpr ImageSize kImage{.width = 64, .height = 64};

/// A narrow ResNet-18 with one picture.
class AttributionTest : public ::testing::Test {
 protected:
  AttributionTest() { session_.set_input(reference_.tensor("input.pb").values); }

  std::vector<ResultArray> explain(const ExplainRequest& request) {
    const auto job = session_.start_explain(request);
    while (job->step()) continue;
    return session_.explanation().results;
  }

  ResultArray one(const std::string& method, const std::string& layer, const std::string& kind,
                  std::size_t target = 3) {
    ExplainRequest request;
    request.method = method;
    request.layers = {layer};
    request.targets = {target};
    request.emit = {kind};
    return explain(request).front();
  }

  testing::ReferenceCase reference_{"rcam_resnet18_posgamma_folded"};
  Session session_ = Session::load(reference_.model(), {});
};

TEST_F(AttributionTest, GuidedGradCamIsTheResizedMapTimesGuidedBackprop) {
  const ResultArray guided = one("guided-grad-cam", kLayer, "attribution");
  EXPECT_EQ(guided.layer, kLayer);
  EXPECT_EQ(guided.shape, (Shape{1, 3, 64, 64}));
  const ResultArray backprop = one("guided-backprop", "input", "attribution");
  ResultArray cam = one("grad-cam", kLayer, "cam");
  for (float& value : cam.data) value = std::max(value, 0.0F);
  std::vector<float> map(64 * 64);
  resize_map(cam.data,
             {.width = static_cast<int>(cam.shape[3]), .height = static_cast<int>(cam.shape[2])},
             map, kImage, MapCoordinates::HalfPixel);
  for (std::size_t i = 0; i < guided.data.size(); ++i) {
    ASSERT_FLOAT_EQ(guided.data[i], map[i % map.size()] * backprop.data[i]) << i;
  }
}

TEST_F(AttributionTest, AnInnerLayerHasAttributionsToo) {
  const ResultArray gradient = one("gradient", kLayer, "attribution");
  EXPECT_EQ(gradient.data, one("grad-cam", kLayer, "gradient").data);
  EXPECT_EQ(gradient.shape, one("grad-cam", kLayer, "activation").shape);
}

/// Each target has a curvature of its own: several at once give what each gives alone.
TEST_F(AttributionTest, ShapleyCamServesSeveralLayersAndTargetsAtOnce) {
  ExplainRequest request;
  request.method = "shapley-cam";
  request.targets = {3, 7};
  request.layers = {kLayer, "/layer4/layer4.1/relu_1/Relu_output_0"};
  request.emit = {"weights"};
  const std::vector<ResultArray> together = explain(request);
  ASSERT_EQ(together.size(), 4U);
  for (const ResultArray& result : together) {
    const ResultArray alone =
        one("shapley-cam", result.layer, "weights", static_cast<std::size_t>(result.target));
    ASSERT_EQ(result.data.size(), alone.data.size());
    for (std::size_t i = 0; i < alone.data.size(); ++i) {
      EXPECT_NEAR(result.data[i], alone.data[i], 1e-6F) << result.layer << " " << i;
    }
  }
}

TEST_F(AttributionTest, FullGradOfAnInnerLayerDoesNotDependOnTheOthersAskedFor) {
  ExplainRequest request;
  request.method = "fullgrad";
  request.targets = {3};
  request.layers = {"input", kLayer};
  const std::vector<ResultArray> together = explain(request);
  ASSERT_EQ(together.size(), 2U);
  EXPECT_EQ(together[1].data, one("fullgrad", kLayer, "cam").data);
  EXPECT_EQ(together[0].shape, (Shape{1, 1, 64, 64}));
}

TEST_F(AttributionTest, RefineCamMultipliesTheMapsOfItsLayers) {
  const std::vector<std::string> layers = {kLayer, "/layer4/layer4.1/relu_1/Relu_output_0"};
  ExplainRequest request;
  request.method = "refine-cam";
  request.targets = {3};
  request.layers = layers;
  request.emit = {"scaled"};
  const std::vector<ResultArray> results = explain(request);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results.back().layer, kFusionLayer);
  std::vector<float> product(results.back().data.size(), 1.0F);
  for (const std::string& layer : layers) {
    const std::vector<float> map = one("grad-cam++", layer, "scaled").data;
    for (std::size_t i = 0; i < product.size(); ++i) product[i] *= map[i];
  }
  scale_to_unit(product);
  for (std::size_t i = 0; i < product.size(); ++i) {
    EXPECT_NEAR(results.back().data[i], product[i], 1e-6F) << i;
  }
}

}  // namespace
}  // namespace relcam
