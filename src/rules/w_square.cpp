#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare w_square_share(Stabilizer stabilizer) {
  constexpr WeightPart kSquare{.kind = WeightPart::Kind::Square};
  return {.name = "w-square",
          .branches = {{.terms = {{.input = InputPart::One, .weight = kSquare}}, .bias = kSquare}},
          .stabilizer = stabilizer};
}

RuleEntry w_square_rule() {
  return {
      .name = "w-square",
      .summary = "shares by squared weights, whatever the input",
      .paper =
          "Montavon et al., Explaining nonlinear classification decisions with deep "
          "Taylor decomposition, Pattern Recognition 2017",
      .parameters = {stabilizer_parameter()},
      .make = [](const Parameters& parameters) {
        return make_linear_rule(w_square_share(signed_stabilizer(parameters.number("stabilizer"))));
      }};
}

}  // namespace relcam
