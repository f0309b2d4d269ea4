#include <gtest/gtest.h>

#include "methods/method.h"

namespace relcam {
namespace {

/// One channel on a 1x2 map.
const std::vector<float> kActivation{1.0F, 3.0F};
const std::vector<float> kGradient{2.0F, 4.0F};

TEST(ShapleyCam, TakesHalfTheCurvatureOffTheGradient) {
  const std::vector<float> curvature{2.0F, -6.0F};
  const CamOutput output = find_method("shapley-cam")
                               .map({.activation = kActivation,
                                     .signal = kGradient,
                                     .raster = channels_last_raster(1, 2, 1),
                                     .curvature = curvature});
  EXPECT_EQ(output.weights, (std::vector<float>{4.0F}));
  EXPECT_EQ(output.map, (std::vector<float>{4.0F, 12.0F}));
}

TEST(ShapleyCam, IsGradCamWhereTheScoreIsLinear) {
  const Method& grad_cam = find_method("grad-cam");
  const MethodInput input{.activation = kActivation,
                          .signal = kGradient,
                          .raster = channels_last_raster(1, 2, 1),
                          .parameters = Parameters(grad_cam.parameters, {})};
  EXPECT_EQ(find_method("shapley-cam").map(input).map, grad_cam.map(input).map);
}

}  // namespace
}  // namespace relcam
