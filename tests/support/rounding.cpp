#include "support/rounding.h"

namespace relcam::testing {

double tolerance_factor() {
#ifdef __wasm_relaxed_simd__
  return 10.0;
#else
  return 1.0;
#endif
}

}  // namespace relcam::testing
