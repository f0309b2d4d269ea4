#pragma once

#include <span>
#include <vector>

#include "methods/method.h"

namespace relcam {

/// The parameter "eigen-smooth", yes or no: the map is the first principal direction of what the
/// channels contribute at each position (principal.h), rather than its sum over channels. It comes
/// from pytorch-grad-cam. Methods that use the functions below declare it.
ParameterInfo eigen_smooth_parameter();

/// The map of contributions weights[c] * A_c.
std::vector<float> sum_weighted(const MethodInput& input, std::span<const float> weights);

/// What one channel contributes at one position, given activation and signal there.
using Contribution = float (*)(float activation, float signal);

/// The map of contributions that need no weight per channel.
std::vector<float> sum_contributions(const MethodInput& input, Contribution contribution);

/// All contributions: positions x channels.
std::vector<float> contributions_of(const MethodInput& input, Contribution contribution);

/// Doubles to floats.
std::vector<float> to_map(std::span<const double> values);

}  // namespace relcam
