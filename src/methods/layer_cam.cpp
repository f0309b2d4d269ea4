#include <algorithm>

#include "methods/channel_sum.h"
#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) {
  return std::max(gradient, 0.0F) * activation;
}

CamOutput map(const MethodInput& input) {
  return {.weights = {}, .map = sum_contributions(input, contribution)};
}

}  // namespace

Method layer_cam_method() {
  return {
      .name = "layer-cam",
      .summary =
          "activations weighted by the positive gradient at each position, summed over channels",
      .paper =
          "Jiang, Zhang, Hou, Cheng, Wei, LayerCAM: Exploring Hierarchical Class Activation Maps "
          "for Localization, IEEE Transactions on Image Processing 30, 2021",
      .parameters = {eigen_smooth_parameter()},
      .signal = Signal::Gradient,
      .default_start = "one-hot",
      .default_composite = "gradient",
      .weighs_channels = false,
      .rectify = true,
      .map = map};
}

}  // namespace relcam
