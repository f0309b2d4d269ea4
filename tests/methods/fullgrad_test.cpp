#include <gtest/gtest.h>

#include "support/make_map.h"

namespace relcam {
namespace {

/// Each channel is |factor * gradient| scaled to [0,1], and all are added.
TEST(FullGrad, AddsScaledChannelsOfInputAndBiases) {
  const std::vector<float> input{1.0F, 2.0F, -3.0F, 4.0F};
  const std::vector<float> gradient{2.0F, 1.0F, 2.0F, -2.0F};
  // Channel 0: |2|, |-6| -> 0, 1. Channel 1: |2|, |-8| -> 0, 1.
  const std::vector<float> bias{-2.0F};
  const std::vector<float> behind{3.0F, 1.0F};
  // |-6|, |-2| -> 1, 0.
  const std::vector<BiasTerm> biases{
      {.bias = bias, .signal = {.values = behind, .raster = channels_last_raster(1, 2, 1)}}};
  const CamOutput output =
      testing::make_map(find_method("fullgrad"), {.activation = input,
                                                  .signal = gradient,
                                                  .raster = channels_last_raster(1, 2, 2),
                                                  .biases = biases});
  ASSERT_EQ(output.map.size(), 2U);
  EXPECT_NEAR(output.map[0], 1.0F, 1e-6F);
  EXPECT_NEAR(output.map[1], 2.0F, 1e-6F);
}

}  // namespace
}  // namespace relcam
