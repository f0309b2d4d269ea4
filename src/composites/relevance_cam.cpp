#include "composites/roster.h"
#include "rules/adjoint.h"
#include "rules/named_rules.h"
#include "rules/pass.h"
#include "rules/sum_share.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  const auto is_pixel_convolution = [](const NodeFacts& facts) {
    return facts.kind == Kind::Linear && facts.op_type == "Conv" && facts.reads_model_input;
  };
  return {.name = "relevance-cam",
          .rows = {{is_pixel_convolution, make_linear_rule(z_box())},
                   {of_kind(Kind::Linear), make_linear_rule(z_plus())},
                   {of_kind(Kind::Pool), make_linear_rule(z_plus())},
                   {of_kind(Kind::Winner), make_adjoint_rule("winner", true)},
                   {of_kind(Kind::Sum), make_sum_rule({})},
                   {of_kind(Kind::Route), make_adjoint_rule("route", true)},
                   {of_kind(Kind::Activation), make_pass_rule()},
                   {of_kind(Kind::Affine), make_pass_rule()},
                   {of_kind(Kind::Normalization), make_pass_rule()},
                   {of_kind(Kind::Gate), make_signal_rule()}}};
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
