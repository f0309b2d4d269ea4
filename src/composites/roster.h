#pragma once

#include "composites/composite.h"

/// Every composite, one line each: `X(name)` stands for `CompositeEntry name_composite()` defined
/// in src/composites/name.cpp.
#define RELCAM_COMPOSITES(X) \
  X(relevance_cam) \
  X(relevance_cam_code) \
  X(relevance_cam_gamma) \
  X(epsilon_plus) \
  X(epsilon_plus_flat) \
  X(epsilon_alpha2_beta1) \
  X(epsilon_alpha2_beta1_flat) \
  X(epsilon_gamma_box) \
  X(cp_lrp) \
  X(attn_lrp) \
  X(transformer_attribution) \
  X(excitation_backprop) \
  X(guided_backprop) \
  X(deconvnet) \
  X(gradient)

namespace relcam {

#define RELCAM_DECLARE_COMPOSITE(name) CompositeEntry name##_composite();
RELCAM_COMPOSITES(RELCAM_DECLARE_COMPOSITE)
#undef RELCAM_DECLARE_COMPOSITE

}  // namespace relcam
