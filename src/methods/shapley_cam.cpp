#include "methods/roster.h"

namespace relcam {

namespace {

/// w = mean of (G - H A / 2) over positions.
std::vector<float> weigh(const MethodInput& input) {
  std::vector<float> corrected(input.signal.begin(), input.signal.end());
  for (std::size_t i = 0; i < input.curvature.size(); ++i) {
    corrected[i] -= 0.5F * input.curvature[i];
  }
  MethodInput with_curvature = input;
  with_curvature.signal = corrected;
  return mean_signal(with_curvature);
}

}  // namespace

/// The second-order term is exact where the network is piecewise linear between layer and scores
/// (ReLU, max pooling): second derivatives of smooth activations are left out.
Method shapley_cam_method() {
  return {.name = "shapley-cam",
          .summary =
              "activations weighted by the mean gradient less half the curvature along the "
              "activations, a second-order Shapley value",
          .paper = "Cai, CAMs as Shapley Value-based Explainers, The Visual Computer 2025",
          .signal = Signal::Gradient,
          .default_start = "rest",
          .reads_curvature = true,
          .rectify = true,
          .weigh = weigh};
}

}  // namespace relcam
