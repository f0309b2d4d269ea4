#include <algorithm>

#include "methods/channel_sum.h"
#include "methods/roster.h"

namespace relcam {

namespace {

/// Keeps the quotient finite where a gradient is tiny, as in pytorch-grad-cam.
constexpr double kEpsilon = 1e-6;

/// alpha * max(G, 0) with alpha = G^2 / (2 G^2 + S G^3 + epsilon), S the channel's summed
/// activation. Where S is so negative that the divisor is exactly 0, so is the result.
double weight_at(double gradient, double activation_sum) {
  if (gradient <= 0.0) return 0.0;
  const double square = gradient * gradient;
  const double divisor = 2.0 * square + activation_sum * square * gradient + kEpsilon;
  return divisor == 0.0 ? 0.0 : square * gradient / divisor;
}

std::vector<float> weights_of(const MethodInput& input) {
  const std::vector<double> sums = channel_sums(input, input.activation);
  std::vector<double> weights(input.raster.channels, 0.0);
  for (std::size_t at = 0; at < input.signal.size(); ++at) {
    const std::size_t c = at % input.raster.channels;
    weights[c] += weight_at(static_cast<double>(input.signal[at]), sums[c]);
  }
  return to_map(weights);
}

CamOutput map(const MethodInput& input) {
  CamOutput output{.weights = weights_of(input), .map = {}};
  output.map = sum_weighted(input, output.weights);
  return output;
}

}  // namespace

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
          .default_start = "one-hot",
          .default_composite = "gradient",
          .rectify = true,
          .map = map};
}

}  // namespace relcam
