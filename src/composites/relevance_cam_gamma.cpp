#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/magnitude.h"
#include "rules/named_rules.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

ParameterInfo relative_epsilon_parameter() {
  return {.name = "epsilon",
          .type = ParameterType::Number,
          .fallback = "0.05",
          .least = 0.0,
          .summary = "added to the size of denominators, in units of a layer's rms denominator"};
}

/// Relevance-CAM's composite for networks whose sums cancel (linear bottlenecks, signed residual
/// sums), where z+ becomes the same for every class:
///  - linear nodes: the gamma rule, biases in Z, Z + epsilon * rms(Z) * sign(Z) with the rms over
///    all outputs of the node, so that outputs near zero pass on little rather than a lot;
///  - residual sums: R |a| / (|a| + |b|), so that shares keep their sign and never exceed R;
///  - everything else, the pixels' z-box and averages by z+ among it, as in `relevance-cam`.
Composite make(const Parameters& parameters) {
  const auto gamma = static_cast<float>(parameters.number("gamma"));
  const Stabilizer relative{.kind = Stabilizer::Kind::Relative,
                            .epsilon = static_cast<float>(parameters.number("epsilon"))};
  return {.name = "relevance-cam-gamma",
          .rows = with_structural_rows(
              {{is_pixel_convolution, make_linear_rule(z_box_share())},
               {of_kind(Kind::Linear), make_linear_rule(gamma_share(gamma, relative))},
               {of_kind(Kind::Pool), make_linear_rule(z_plus_share())},
               {of_kind(Kind::Sum), make_magnitude_rule()}})};
}

}  // namespace

CompositeEntry relevance_cam_gamma_composite() {
  return {.name = "relevance-cam-gamma",
          .summary =
              "gamma with biases and a large stabiliser, residual sums by magnitude: for networks "
              "with linear bottlenecks",
          .paper =
              "this project; rules of Montavon et al., Layer-wise relevance propagation: an "
              "overview, 2019",
          .parameters = {gamma_parameter(), relative_epsilon_parameter()},
          .make = make};
}

}  // namespace relcam
