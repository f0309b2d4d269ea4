#pragma once

#include "methods/method.h"

/// Every method, one line each: `X(name)` stands for `Method name_method()` defined in
/// src/methods/name.cpp.
#define RELCAM_METHODS(X) \
  X(relevance_cam) \
  X(cam) \
  X(grad_cam) \
  X(grad_cam_plus_plus) \
  X(hires_cam) \
  X(elementwise_grad_cam) \
  X(xgrad_cam) \
  X(layer_cam) \
  X(finer_cam) \
  X(eigen_cam) \
  X(eigengrad_cam) \
  X(segeigen_cam) \
  X(kpca_cam) \
  X(gradient) \
  X(saliency) \
  X(input_x_gradient) \
  X(guided_backprop) \
  X(deconvnet) \
  X(lrp) \
  X(transformer_attribution) \
  X(legrad) \
  X(attention_grad_cam) \
  X(attention_rollout) \
  X(guided_grad_cam) \
  X(fullgrad) \
  X(shapley_cam) \
  X(refine_cam) \
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
