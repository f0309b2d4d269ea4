#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/norm.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  const std::shared_ptr<const Rule> z_plus = make_linear_rule(z_plus_share());
  return {.name = "relevance-cam",
          .rows = with_structural_rows({{is_pixel_convolution, make_linear_rule(z_box_share())},
                                        {of_kind(Kind::Linear), z_plus},
                                        {of_kind(Kind::Pool), z_plus},
                                        {of_kind(Kind::Sum), make_norm_rule({})}})};
}

}  // namespace

CompositeEntry relevance_cam_composite() {
  return {.name = "relevance-cam",
          .summary = "z+ without biases, z-box at the pixels, residual sums by signed shares",
          .paper = "Lee et al., Relevance-CAM, CVPR 2021",
          .parameters = {},
          .make = make};
}

}  // namespace relcam
