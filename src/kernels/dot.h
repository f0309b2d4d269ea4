#pragma once

#include <span>

namespace relcam {

/// Inner product of two vectors of the same length, summed in double.
double dot(std::span<const double> a, std::span<const double> b);
double dot(std::span<const float> a, std::span<const double> b);

}  // namespace relcam
