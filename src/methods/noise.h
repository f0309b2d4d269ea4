#pragma once

#include <span>
#include <vector>

#include "methods/method.h"

namespace relcam {

/// Parameters of the methods that average over noisy images: samples, noise and seed.
std::vector<ParameterInfo> noise_parameters(std::string_view samples, std::string_view noise);

/// Adds normal noise whose standard deviation is parameter `noise` times (max - min) of `values`
/// (Smilkov et al., SmoothGrad, 2017, section 3.1). The same for the same seed and trial.
void add_noise(const Parameters& parameters, std::size_t trial, std::span<float> values);

}  // namespace relcam
