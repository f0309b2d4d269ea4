#include "methods/channel_sum.h"
#include "methods/principal.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  const std::vector<float> products = contributions_of(
      input, [](float activation, float gradient) { return gradient * activation; });
  return {.weights = {},
          .map = to_map(
              principal_projection(products, input.raster.positions(), input.raster.channels))};
}

}  // namespace

Method eigengrad_cam_method() {
  return {.name = "eigengrad-cam",
          .summary = "the first principal direction, over positions, of gradient times activation",
          .paper =
              "Gildenblat and contributors, pytorch-grad-cam (EigenGradCAM), software, 2021; "
              "after Muhammad, Yeasin, Eigen-CAM, IJCNN 2020",
          .signal = Signal::Gradient,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .weighs_channels = false,
          .rectify = true,
          .map = map};
}

}  // namespace relcam
