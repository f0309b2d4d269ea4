#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  MethodInput averaged = input;
  averaged.mean_weights = true;
  CamOutput output{.weights = channel_weights(averaged), .map = {}};
  output.map = weighted_sum(input, output.weights);
  return output;
}

}  // namespace

Method grad_cam_method() {
  return {.name = "grad-cam",
          .summary = "activations weighted by each channel's mean gradient",
          .paper = "Selvaraju et al., Grad-CAM, ICCV 2017, equations 1 and 2",
          .signal = Signal::Gradient,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .rectify = true,
          .map = map};
}

}  // namespace relcam
