#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare z_plus_share(std::optional<WeightPart> bias, Stabilizer stabilizer) {
  using enum WeightPart::Kind;
  const std::vector<LinearTerm> terms = {
      {.input = InputPart::Positive, .weight = {.kind = Positive}},
      {.input = InputPart::Negative, .weight = {.kind = Negative}}};
  return {.name = "z-plus",
          .branches = {{.terms = terms, .bias = bias}},
          .stabilizer = stabilizer,
          .conserves = !bias};
}

namespace {

std::unique_ptr<Rule> make(const Parameters& parameters) {
  std::optional<WeightPart> bias;
  if (parameters.text("bias") == "positive") bias = {.kind = WeightPart::Kind::Positive};
  return make_linear_rule(z_plus_share(bias, signed_stabilizer(parameters.number("stabilizer"))));
}

}  // namespace

RuleEntry z_plus_rule() {
  return {.name = "z-plus",
          .summary = "shares by the contributions that raise the output",
          .paper =
              "Montavon et al., Explaining nonlinear classification decisions with deep "
              "Taylor decomposition, Pattern Recognition 2017",
          .parameters = {{.name = "bias",
                          .type = ParameterType::Choice,
                          .fallback = "positive",
                          .choices = {"positive", "none"},
                          .summary = "whether a positive bias absorbs its share"},
                         stabilizer_parameter()},
          .make = make};
}

}  // namespace relcam
