#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/adjoint.h"
#include "rules/diagonal.h"
#include "rules/named_rules.h"
#include "rules/norm.h"

namespace relcam {

namespace {

bool has_three_input_channels(const NodeFacts& facts) {
  return facts.op_type == "Conv" && facts.input_channels == 3;
}

/// z+ with the bias in each of the two partial sums, as the code adds it.
LinearShare z_plus_with_bias_twice() {
  LinearShare share = z_plus_share(WeightPart{});
  share.branches.front().bias_factor = 2.0F;
  return share;
}

Composite make(const Parameters& parameters) {
  constexpr Stabilizer kPlusTiny{.kind = Stabilizer::Kind::Plus, .epsilon = 1e-9F};
  const bool twice = parameters.text("conv-bias") == "twice";
  const std::shared_ptr<const Rule> z_plus = make_linear_rule(z_plus_share());
  return {.name = "relevance-cam-code",
          .rows = with_structural_rows(
              {{has_three_input_channels, make_linear_rule(z_box_share(kPlusTiny))},
               {of_type("Conv"), twice ? make_linear_rule(z_plus_with_bias_twice()) : z_plus},
               {of_kind(Kind::Linear), z_plus},
               {of_kind(Kind::Pool), z_plus},
               {of_kind(Kind::Winner), make_adjoint_rule("winner", true, true)},
               {of_kind(Kind::Sum), make_norm_rule({})},
               {of_type("BatchNormalization"), make_diagonal_rule()}}),
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
