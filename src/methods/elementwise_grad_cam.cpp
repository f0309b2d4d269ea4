#include <algorithm>

#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) {
  return std::max(gradient * activation, 0.0F);
}

}  // namespace

Method elementwise_grad_cam_method() {
  return {
      .name = "elementwise-grad-cam",
      .summary = "the positive part of gradient times activation, summed over channels",
      .paper = "Gildenblat and contributors, pytorch-grad-cam (GradCAMElementWise), software, 2021",
      .parameters = {eigen_smooth_parameter()},
      .signal = Signal::Gradient,
      .rectify = true,
      .contribution = contribution};
}

}  // namespace relcam
