#include "methods/channel_sum.h"
#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) { return gradient * activation; }

CamOutput map(const MethodInput& input) {
  return {.weights = {}, .map = sum_contributions(input, contribution)};
}

}  // namespace

Method hires_cam_method() {
  return {.name = "hires-cam",
          .summary = "gradient times activation, summed over channels",
          .paper =
              "Draelos, Carin, Use HiResCAM Instead of Grad-CAM for Faithful Explanations of "
              "Convolutional Neural Networks, arXiv 2011.08891, 2020",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .weighs_channels = false,
          .rectify = true,
          .map = map};
}

}  // namespace relcam
