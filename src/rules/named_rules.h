#pragma once

#include "rules/linear_share.h"

namespace relcam {

/// z+ for inputs of any sign: Z = w+ a+ + w- a- (+ bias_factor * b), shares proportional to the
/// parts of Z; 0 where Z is exactly 0 (Lee et al. 2021, section 3; Montavon et al. 2017).
LinearShare z_plus(float bias_factor = 0.0F);

/// z^B for inputs in a box: Z = w a - w+ low - w- high (Montavon et al. 2017, deep Taylor).
LinearShare z_box(Stabilizer stabilizer = {});

}  // namespace relcam
