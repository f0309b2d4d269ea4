#include "rules/roster.h"
#include "rules/taylor.h"

namespace relcam {

std::unique_ptr<Rule> make_frozen_deviation_rule(Stabilizer stabilizer) {
  return make_taylor_rule({.name = "frozen-deviation", .stabilizer = stabilizer, .frozen = true});
}

RuleEntry frozen_deviation_rule() {
  return {.name = "frozen-deviation",
          .summary =
              "layer normalization and its kin with the deviation held constant; mean and shift "
              "take their shares",
          .paper =
              "Ali et al., XAI for Transformers: Better Explanations through Conservative "
              "Propagation, ICML 2022",
          .parameters = {stabilizer_parameter()},
          .make = [](const Parameters& parameters) {
            return make_frozen_deviation_rule(signed_stabilizer(parameters.number("stabilizer")));
          }};
}

}  // namespace relcam
