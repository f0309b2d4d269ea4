#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare z_box_share(Stabilizer stabilizer) {
  using enum WeightPart::Kind;
  const std::vector<LinearTerm> terms = {
      {.input = InputPart::Value, .weight = {.kind = All}},
      {.input = InputPart::Low, .weight = {.kind = Positive}, .factor = -1.0F},
      {.input = InputPart::High, .weight = {.kind = Negative}, .factor = -1.0F}};
  return {
      .name = "z-box", .branches = {{.terms = terms}}, .stabilizer = stabilizer, .conserves = true};
}

RuleEntry z_box_rule() {
  return {
      .name = "z-box",
      .summary =
          "for pixels: shares by the distance from black and white, or from the "
          "smallest and largest input where those are unknown",
      .paper =
          "Montavon et al., Explaining nonlinear classification decisions with deep "
          "Taylor decomposition, Pattern Recognition 2017",
      .parameters = {stabilizer_parameter()},
      .make = [](const Parameters& parameters) {
        return make_linear_rule(z_box_share(signed_stabilizer(parameters.number("stabilizer"))));
      }};
}

}  // namespace relcam
