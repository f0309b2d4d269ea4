#pragma once

#include "cam/method.h"

/// Every CAM method, one line each: `X(name)` stands for `CamMethod name_method()` defined in
/// src/cam/name.cpp.
#define RELCAM_METHODS(X) \
  X(relevance_cam) \
  X(grad_cam)

namespace relcam {

#define RELCAM_DECLARE_METHOD(name) CamMethod name##_method();
RELCAM_METHODS(RELCAM_DECLARE_METHOD)
#undef RELCAM_DECLARE_METHOD

}  // namespace relcam
