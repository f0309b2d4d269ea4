#include <cmath>

#include "methods/roster.h"

namespace relcam {

namespace {

float contribution(float activation, float gradient) { return std::abs(gradient) * activation; }

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
          .rectify = true,
          .contribution = contribution,
          .join = Join::PrincipalPositive};
}

}  // namespace relcam
