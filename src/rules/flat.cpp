#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare flat_share(Stabilizer stabilizer) {
  constexpr WeightPart kOne{.kind = WeightPart::Kind::One};
  return {.name = "flat",
          .branches = {{.terms = {{.input = InputPart::One, .weight = kOne}}}},
          .stabilizer = stabilizer,
          .conserves = true};
}

RuleEntry flat_rule() {
  return {.name = "flat",
          .summary = "the same share for every input, whatever weights and inputs",
          .paper =
              "Lapuschkin et al., Unmasking Clever Hans predictors and assessing what "
              "machines really learn, Nature Communications 2019",
          .parameters = {stabilizer_parameter()},
          .make = [](const Parameters& parameters) {
            return make_linear_rule(flat_share(signed_stabilizer(parameters.number("stabilizer"))));
          }};
}

}  // namespace relcam
