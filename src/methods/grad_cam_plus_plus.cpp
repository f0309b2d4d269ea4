#include "methods/grad_cam_plus_plus.h"

#include "methods/map.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Keeps the quotient finite where a gradient is tiny, as in pytorch-grad-cam.
constexpr double kEpsilon = 1e-6;

std::vector<float> weigh(const MethodInput& input) {
  const std::vector<double> sums = channel_sums(input.raster, input.activation);
  std::vector<double> weights(input.raster.channels, 0.0);
  for (std::size_t at = 0; at < input.signal.size(); ++at) {
    const std::size_t c = at % input.raster.channels;
    const auto gradient = static_cast<double>(input.signal[at]);
    const double square = gradient * gradient;
    weights[c] += position_weight({gradient, square, square * gradient}, sums[c]);
  }
  return to_floats(weights);
}

}  // namespace

double position_weight(const ScoreDerivatives& derivatives, double activation_sum) {
  if (derivatives.first <= 0.0) return 0.0;
  const double divisor = 2.0 * derivatives.second + activation_sum * derivatives.third + kEpsilon;
  return divisor == 0.0 ? 0.0 : derivatives.second * derivatives.first / divisor;
}

Method grad_cam_plus_plus_method() {
  return {.name = "grad-cam++",
          .summary =
              "activations weighted by each channel's summed positive gradient, every "
              "position counted by how much of the channel it makes up",
          .paper =
              "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized "
              "Gradient-based Visual Explanations for Deep Convolutional Networks, WACV 2018, "
              "equations 5 and 19",
          .parameters = {eigen_smooth_parameter()},
          .signal = Signal::Gradient,
          .rectify = true,
          .weigh = weigh};
}

}  // namespace relcam
