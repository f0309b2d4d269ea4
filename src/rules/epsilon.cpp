#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare epsilon_share(Stabilizer stabilizer) {
  return {.name = "epsilon",
          .branches = {{.terms = {LinearTerm{}}, .bias = WeightPart{}}},
          .stabilizer = stabilizer};
}

RuleEntry epsilon_rule() {
  return {.name = "epsilon",
          .summary = "shares by contribution, w a / (z + epsilon sign(z)); biases absorb relevance",
          .paper =
              "Bach et al., On pixel-wise explanations for non-linear classifier decisions, "
              "PLOS ONE 2015",
          .parameters = {epsilon_parameter()},
          .make = [](const Parameters& parameters) {
            return make_linear_rule(epsilon_share(signed_stabilizer(parameters.number("epsilon"))));
          }};
}

}  // namespace relcam
