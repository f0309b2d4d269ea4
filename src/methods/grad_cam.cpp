#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

Method grad_cam_method() {
  return {.name = "grad-cam",
          .summary = "activations weighted by each channel's mean gradient",
          .paper =
              "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, Grad-CAM: Visual "
              "Explanations from Deep Networks via Gradient-based Localization, ICCV 2017, "
              "equations 1 and 2",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .rectify = true,
          .weigh = mean_signal};
}

}  // namespace relcam
