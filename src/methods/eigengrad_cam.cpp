#include "methods/roster.h"

namespace relcam {

Method eigengrad_cam_method() {
  return {.name = "eigengrad-cam",
          .summary = "the first principal direction, over positions, of gradient times activation",
          .paper =
              "Gildenblat and contributors, pytorch-grad-cam (EigenGradCAM), software, 2021; "
              "after Muhammad, Yeasin, Eigen-CAM, IJCNN 2020",
          .signal = Signal::Gradient,
          .rectify = true,
          .contribution = [](float activation, float gradient) { return gradient * activation; },
          .join = Join::Principal};
}

}  // namespace relcam
