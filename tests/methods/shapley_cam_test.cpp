#include <gtest/gtest.h>

#include "support/make_map.h"

namespace relcam {
namespace {

/// One channel on a 1x2 map.
const std::vector<float> kActivation{1.0F, 3.0F};
const std::vector<float> kGradient{2.0F, 4.0F};

TEST(ShapleyCam, TakesHalfTheCurvatureOffTheGradient) {
  const std::vector<float> curvature{2.0F, -6.0F};
  const MethodInput input{.activation = kActivation,
                          .signal = kGradient,
                          .raster = channels_last_raster(1, 2, 1),
                          .curvature = curvature};
  const CamOutput output = testing::make_map(find_method("shapley-cam"), input);
  EXPECT_EQ(output.weights, (std::vector<float>{4.0F}));
  EXPECT_EQ(output.map, (std::vector<float>{4.0F, 12.0F}));
}

TEST(ShapleyCam, IsGradCamWhereTheScoreIsLinear) {
  const Method& grad_cam = find_method("grad-cam");
  const MethodInput input{.activation = kActivation,
                          .signal = kGradient,
                          .raster = channels_last_raster(1, 2, 1),
                          .parameters = Parameters(grad_cam.parameters, {})};
  EXPECT_EQ(testing::make_map(find_method("shapley-cam"), input).map,
            testing::make_map(grad_cam, input).map);
}

}  // namespace
}  // namespace relcam
