#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  CamOutput output{.weights = channel_weights(input), .map = {}};
  output.map = weighted_sum(input.raster, input.activation, output.weights);
  return output;
}

}  // namespace

Method relevance_cam_method() {
  return {.name = "relevance-cam",
          .summary = "activations weighted by each channel's relevance",
          .paper = "Lee et al., Relevance-CAM, CVPR 2021, equation 5",
          .signal = Signal::Relevance,
          .default_start = "clrp",
          .default_composite = "relevance-cam",
          .rectify = false,
          .map = map};
}

}  // namespace relcam
