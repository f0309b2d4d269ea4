#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

Composite make(const Parameters& parameters) {
  return {.name = "epsilon-alpha2-beta1",
          .rows = epsilon_rows(alpha_beta_share(2.0F, 1.0F, kZennitStabilizer), parameters)};
}

}  // namespace

CompositeEntry epsilon_alpha2_beta1_composite() {
  return {.name = "epsilon-alpha2-beta1",
          .summary = "alpha-beta with alpha 2 and beta 1 at convolutions, epsilon at dense layers",
          .paper =
              "Kohlbrenner et al., Towards best practice in explaining neural network decisions "
              "with LRP, 2020; as in zennit",
          .parameters = {epsilon_parameter()},
          .make = make};
}

}  // namespace relcam
