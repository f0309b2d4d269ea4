#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

Method hires_cam_method() {
  return {.name = "hires-cam",
          .summary = "gradient times activation, summed over channels",
          .paper =
              "Draelos, Carin, Use HiResCAM Instead of Grad-CAM for Faithful Explanations of "
              "Convolutional Neural Networks, arXiv 2011.08891, 2020",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .rectify = true,
          .contribution = [](float activation, float gradient) { return gradient * activation; }};
}

}  // namespace relcam
