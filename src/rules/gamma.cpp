#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

namespace {

LinearBranch branch(WeightPart own_sign, WeightPart other_sign, LinearBranch::Mask mask) {
  return {.terms = {{.input = InputPart::Positive, .weight = own_sign},
                    {.input = InputPart::Negative, .weight = other_sign}},
          .bias = own_sign,
          .mask = mask};
}

}  // namespace

LinearShare gamma_share(float gamma, Stabilizer stabilizer) {
  const WeightPart positive{.kind = WeightPart::Kind::GammaPositive, .gamma = gamma};
  const WeightPart negative{.kind = WeightPart::Kind::GammaNegative, .gamma = gamma};
  return {.name = "gamma",
          .branches = {branch(positive, negative, LinearBranch::Mask::PositiveOutput),
                       branch(negative, positive, LinearBranch::Mask::NegativeOutput)},
          .stabilizer = stabilizer};
}

RuleEntry gamma_rule() {
  return {
      .name = "gamma",
      .summary = "contributions of the output's own sign count (1 + gamma) times",
      .paper =
          "Montavon et al., Layer-wise relevance propagation: an overview, 2019; "
          "generalised to any sign by Andeol et al., Learning domain invariant "
          "representations by joint Wasserstein distance minimization, 2021",
      .parameters = {gamma_parameter(), stabilizer_parameter()},
      .make = [](const Parameters& parameters) {
        return make_linear_rule(gamma_share(static_cast<float>(parameters.number("gamma")),
                                            signed_stabilizer(parameters.number("stabilizer"))));
      }};
}

}  // namespace relcam
