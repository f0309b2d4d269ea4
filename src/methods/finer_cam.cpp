#include "methods/roster.h"

namespace relcam {

/// Grad-CAM of another score: what tells the target from its rivals is in the start.
Method finer_cam_method() {
  Method method = grad_cam_method();
  method.name = "finer-cam";
  method.summary =
      "Grad-CAM of the target's score less those of the classes it is easily taken for";
  method.paper =
      "Zhang, Gu, Chowdhury, Mai, Carlyn, Berger-Wolf, Su, Chao, Finer-CAM: Spotting the "
      "Difference "
      "Reveals Finer Details for Visual Explanation, CVPR 2025";
  method.default_start = "finer";
  return method;
}

}  // namespace relcam
