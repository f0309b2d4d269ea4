#include "rules/named_rules.h"

namespace relcam {

LinearShare z_plus(float bias_factor) {
  using enum WeightPart::Kind;
  LinearBranch branch;
  branch.terms = {{.input = InputPart::Positive, .weight = {.kind = Positive}},
                  {.input = InputPart::Negative, .weight = {.kind = Negative}}};
  if (bias_factor != 0.0F) branch.bias = WeightPart{};
  branch.bias_factor = bias_factor;
  return {
      .name = "z-plus", .branches = {branch}, .stabilizer = {}, .conserves = bias_factor == 0.0F};
}

LinearShare z_box(Stabilizer stabilizer) {
  using enum WeightPart::Kind;
  LinearBranch branch;
  branch.terms = {{.input = InputPart::Value, .weight = {.kind = All}},
                  {.input = InputPart::Low, .weight = {.kind = Positive}, .factor = -1.0F},
                  {.input = InputPart::High, .weight = {.kind = Negative}, .factor = -1.0F}};
  return {.name = "z-box", .branches = {branch}, .stabilizer = stabilizer, .conserves = true};
}

}  // namespace relcam
