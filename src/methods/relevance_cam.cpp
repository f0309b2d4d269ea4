#include "methods/roster.h"

namespace relcam {

namespace {

std::vector<float> weigh(const MethodInput& input) {
  return input.mean_weights ? mean_signal(input) : summed_signal(input);
}

}  // namespace

Method relevance_cam_method() {
  return {.name = "relevance-cam",
          .summary = "activations weighted by each channel's relevance",
          .paper = "Lee et al., Relevance-CAM, CVPR 2021, equation 5",
          .signal = Signal::Relevance,
          .default_start = "clrp",
          .default_composite = "relevance-cam",
          .weigh = weigh};
}

}  // namespace relcam
