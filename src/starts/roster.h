#pragma once

#include "starts/start.h"

/// Every start, one line each: `X(name)` stands for `Start name_start()` in src/starts/name.cpp.
#define RELCAM_STARTS(X) \
  X(one_hot) \
  X(logit) \
  X(softmax) \
  X(clrp) \
  X(clrp_dual) \
  X(sglrp) \
  X(contrast) \
  X(finer) \
  X(balanced) \
  X(rest)

namespace relcam {

#define RELCAM_DECLARE_START(name) Start name##_start();
RELCAM_STARTS(RELCAM_DECLARE_START)
#undef RELCAM_DECLARE_START

}  // namespace relcam
