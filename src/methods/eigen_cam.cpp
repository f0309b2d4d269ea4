#include "methods/roster.h"

namespace relcam {

Method eigen_cam_method() {
  return {.name = "eigen-cam",
          .summary =
              "the activations' first principal direction over positions; the same for "
              "every class",
          .paper =
              "Muhammad, Yeasin, Eigen-CAM: Class Activation Map using Principal Components, "
              "IJCNN 2020",
          .signal = Signal::None,
          .rectify = true,
          .contribution = [](float activation, float /*signal*/) { return activation; },
          .join = Join::Principal};
}

}  // namespace relcam
