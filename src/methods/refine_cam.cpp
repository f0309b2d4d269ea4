#include "methods/roster.h"

namespace relcam {

/// Every layer's map is that of Grad-CAM++; the joined map is the product of those maps, each
/// rectified, resized and scaled to [0,1], scaled again. Written from the definition that the
/// authors gave to pytorch-grad-cam, where Grad-CAM++ is the base method; no reference array
/// backs it. Any other method with fusion "product" is RefineCAM with that base.
Method refine_cam_method() {
  Method method = grad_cam_plus_plus_method();
  method.name = "refine-cam";
  method.summary =
      "the product of the Grad-CAM++ maps of several layers: deep ones say which object, shallow "
      "ones where exactly";
  method.paper =
      "Domeniconi et al., How to Evaluate and Refine your CAM, arXiv 2605.14641, 2026 (RefineCAM)";
  method.default_fusion = "product";
  return method;
}

}  // namespace relcam
