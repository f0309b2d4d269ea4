#include <algorithm>

#include "methods/channel_sum.h"
#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) {
  return std::max(gradient * activation, 0.0F);
}

CamOutput map(const MethodInput& input) {
  return {.weights = {}, .map = sum_contributions(input, contribution)};
}

}  // namespace

Method elementwise_grad_cam_method() {
  return {
      .name = "elementwise-grad-cam",
      .summary = "the positive part of gradient times activation, summed over channels",
      .paper = "Gildenblat and contributors, pytorch-grad-cam (GradCAMElementWise), software, 2021",
      .parameters = {eigen_smooth_parameter()},
      .signal = Signal::Gradient,
      .default_start = "one-hot",
      .default_composite = "gradient",
      .weighs_channels = false,
      .rectify = true,
      .map = map};
}

}  // namespace relcam
