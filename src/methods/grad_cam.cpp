#include "methods/channel_sum.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  MethodInput averaged = input;
  averaged.mean_weights = true;
  CamOutput output{.weights = channel_weights(averaged), .map = {}};
  output.map = sum_weighted(input, output.weights);
  return output;
}

}  // namespace

Method grad_cam_method() {
  return {.name = "grad-cam",
          .summary = "activations weighted by each channel's mean gradient",
          .paper =
              "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, Grad-CAM: Visual "
              "Explanations from Deep Networks via Gradient-based Localization, ICCV 2017, "
              "equations 1 and 2",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .rectify = true,
          .map = map};
}

}  // namespace relcam
