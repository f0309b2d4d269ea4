#include <algorithm>
#include <cmath>

#include "methods/channel_sum.h"
#include "methods/principal.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput map(const MethodInput& input) {
  const std::vector<float> products = contributions_of(
      input, [](float activation, float gradient) { return std::abs(gradient) * activation; });
  std::vector<double> projection =
      principal_projection(products, input.raster.positions(), input.raster.channels);
  make_largest_positive(projection);
  return {.weights = {}, .map = to_map(projection)};
}

}  // namespace

Method segeigen_cam_method() {
  return {.name = "segeigen-cam",
          .summary =
              "the first principal direction, over positions, of the gradient's magnitude "
              "times activation, signed so that its largest value is positive",
          .paper =
              "Chung, Ying, Seg-Eigen-CAM: Eigen-Value-Based Visual Explanations for Semantic "
              "Segmentation Models, Applied Sciences 15(13), 2025",
          .signal = Signal::Gradient,
          .default_start = "one-hot",
          .default_composite = "gradient",
          .weighs_channels = false,
          .rectify = true,
          .map = map};
}

}  // namespace relcam
