#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Keeps the quotient finite where a channel is silent, as in pytorch-grad-cam.
constexpr double kEpsilon = 1e-7;

/// sum of G A over positions, divided by the sum of A; 0 where the divisor is exactly 0.
std::vector<float> weigh(const MethodInput& input) {
  const std::vector<double> sums = channel_sums(input.raster, input.activation);
  std::vector<double> weights(input.raster.channels, 0.0);
  for (std::size_t at = 0; at < input.signal.size(); ++at) {
    weights[at % input.raster.channels] +=
        static_cast<double>(input.signal[at]) * static_cast<double>(input.activation[at]);
  }
  for (std::size_t c = 0; c < weights.size(); ++c) {
    const double divisor = sums[c] + kEpsilon;
    weights[c] = divisor == 0.0 ? 0.0 : weights[c] / divisor;
  }
  return to_floats(weights);
}

}  // namespace

Method xgrad_cam_method() {
  return {.name = "xgrad-cam",
          .summary =
              "activations weighted by each channel's gradient, averaged with the "
              "activations as weights",
          .paper =
              "Fu, Hu, Dong, Guo, Gao, Li, Axiom-based Grad-CAM: Towards Accurate "
              "Visualization and Explanation of CNNs, BMVC 2020",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .rectify = true,
          .weigh = weigh};
}

}  // namespace relcam
