#include <algorithm>

#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) {
  return std::max(gradient, 0.0F) * activation;
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
      .rectify = true,
      .contribution = contribution};
}

}  // namespace relcam
