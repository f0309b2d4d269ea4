#pragma once

namespace relcam::testing {

/// By how much the tolerances of a reference grow in this program: relaxed SIMD rounds otherwise
/// on every processor.
double tolerance_factor();

}  // namespace relcam::testing
