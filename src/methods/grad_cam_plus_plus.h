#pragma once

#include <vector>

namespace relcam {

/// The first three derivatives of the exponential of a class score by one activation, up to a
/// common factor: the powers of the score's gradient, or their means over several images.
struct ScoreDerivatives {
  double first = 0.0;
  double second = 0.0;
  double third = 0.0;
};

/// What one position adds to a channel's weight in Grad-CAM++: alpha * max(first, 0) with
/// alpha = second / (2 second + S third + epsilon), S the channel's summed activation. Where S is
/// so negative that the divisor is exactly 0, so is the result.
double position_weight(const ScoreDerivatives& derivatives, double activation_sum);

}  // namespace relcam
