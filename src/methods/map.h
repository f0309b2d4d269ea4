#pragma once

#include "methods/method.h"

namespace relcam {

/// The parameter "eigen-smooth", yes or no: the map is the first principal direction of what the
/// channels contribute at each position (principal.h), rather than its sum over channels. It comes
/// from pytorch-grad-cam. Methods that sum contributions may declare it.
ParameterInfo eigen_smooth_parameter();

/// The map of a method that makes it of a layer's signals.
CamOutput make_map(const Method& method, const MethodInput& input);

}  // namespace relcam
