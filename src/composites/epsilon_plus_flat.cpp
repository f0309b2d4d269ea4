#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

Composite make(const Parameters& parameters) {
  return with_flat_first_layer(
      make_composite("epsilon-plus", {{"epsilon", parameters.text("epsilon")}}),
      "epsilon-plus-flat");
}

}  // namespace

CompositeEntry epsilon_plus_flat_composite() {
  return {.name = "epsilon-plus-flat",
          .summary = "epsilon-plus with the flat rule at the first layer",
          .paper =
              "Kohlbrenner et al., Towards best practice in explaining neural network decisions "
              "with LRP, 2020; as in zennit",
          .parameters = {epsilon_parameter()},
          .make = make};
}

}  // namespace relcam
