#pragma once

#include "composites/composite.h"

/// Every composite, one line each: `X(name)` stands for `CompositeEntry name_composite()` defined
/// in src/composites/name.cpp.
#define RELCAM_COMPOSITES(X) \
  X(relevance_cam) \
  X(relevance_cam_code) \
  X(gradient)

namespace relcam {

#define RELCAM_DECLARE_COMPOSITE(name) CompositeEntry name##_composite();
RELCAM_COMPOSITES(RELCAM_DECLARE_COMPOSITE)
#undef RELCAM_DECLARE_COMPOSITE

}  // namespace relcam
