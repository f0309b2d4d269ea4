#pragma once

#include <vector>

namespace relcam {

/// Smallest and largest value each channel of a model's input can take (black and white): the box
/// of the z^B rule (Montavon et al. 2017, "Explaining nonlinear classification decisions with deep
/// Taylor decomposition", sec. 4.2). Both lists have one entry per channel; empty where unknown.
struct PixelBounds {
  std::vector<float> low;
  std::vector<float> high;
};

}  // namespace relcam
