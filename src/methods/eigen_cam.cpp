#include "methods/channel_sum.h"
#include "methods/principal.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  return {.weights = {},
          .map = to_map(principal_projection(input.activation, input.raster.positions(),
                                             input.raster.channels))};
}

}  // namespace

Method eigen_cam_method() {
  return {.name = "eigen-cam",
          .summary =
              "the activations' first principal direction over positions; the same for "
              "every class",
          .paper =
              "Muhammad, Yeasin, Eigen-CAM: Class Activation Map using Principal Components, "
              "IJCNN 2020",
          .signal = Signal::None,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .weighs_channels = false,
          .rectify = true,
          .map = map};
}

}  // namespace relcam
