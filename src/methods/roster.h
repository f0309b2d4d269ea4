#pragma once

#include "methods/method.h"

/// Every CAM method, one line each: `X(name)` stands for `Method name_method()` defined in
/// src/methods/name.cpp.
#define RELCAM_METHODS(X) \
  X(relevance_cam) \
  X(grad_cam) \
  X(score_cam) \
  X(ablation_cam) \
  X(occlusion) \
  X(rise) \
  X(integrated_gradients) \
  X(smoothgrad) \
  X(smooth_grad_cam_plus_plus)

namespace relcam {

#define RELCAM_DECLARE_METHOD(name) Method name##_method();
RELCAM_METHODS(RELCAM_DECLARE_METHOD)
#undef RELCAM_DECLARE_METHOD

}  // namespace relcam
