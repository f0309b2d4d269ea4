#include "composites/roster.h"
#include "rules/adjoint.h"
#include "rules/diagonal.h"
#include "rules/named_rules.h"
#include "rules/pass.h"
#include "rules/sum_share.h"

namespace relcam {

namespace {

bool has_three_input_channels(const NodeFacts& facts) {
  return facts.op_type == "Conv" && facts.input_channels == 3;
}

Composite make(const Parameters& parameters) {
  constexpr Stabilizer kPlusTiny{.kind = Stabilizer::Kind::Plus, .epsilon = 1e-9F};
  // The code adds the bias to each of the two partial sums.
  const float bias_factor = parameters.text("conv-bias") == "twice" ? 2.0F : 0.0F;
  return {.name = "relevance-cam-code",
          .rows = {{has_three_input_channels, make_linear_rule(z_box(kPlusTiny))},
                   {of_type("Conv"), make_linear_rule(z_plus(bias_factor))},
                   {of_kind(Kind::Linear), make_linear_rule(z_plus())},
                   {of_kind(Kind::Pool), make_linear_rule(z_plus())},
                   {of_kind(Kind::Winner), make_adjoint_rule("winner", true, true)},
                   {of_kind(Kind::Sum), make_sum_rule({})},
                   {of_kind(Kind::Route), make_adjoint_rule("route", true)},
                   {of_kind(Kind::Activation), make_pass_rule()},
                   {of_kind(Kind::Affine), make_pass_rule()},
                   {of_type("BatchNormalization"), make_diagonal_rule()},
                   {of_kind(Kind::Gate), make_signal_rule()}},
          .channel_weight = ChannelWeight::Mean,
          .pixel_bounds = false};
}

}  // namespace

CompositeEntry relevance_cam_code_composite() {
  return {.name = "relevance-cam-code",
          .summary = "the official Relevance-CAM code to the letter",
          .paper = "Lee et al., Relevance-CAM, CVPR 2021, published code",
          .parameters = {{.name = "conv-bias",
                          .type = ParameterType::Choice,
                          .fallback = "twice",
                          .choices = {"twice", "ignore"},
                          .summary = "how a convolution's bias enters the denominator"}},
          .make = make};
}

}  // namespace relcam
