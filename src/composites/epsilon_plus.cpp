#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

Composite make(const Parameters& parameters) {
  constexpr WeightPart kPositive{.kind = WeightPart::Kind::Positive};
  return {.name = "epsilon-plus",
          .rows = epsilon_rows(z_plus_share(kPositive, kZennitStabilizer), parameters)};
}

}  // namespace

CompositeEntry epsilon_plus_composite() {
  return {.name = "epsilon-plus",
          .summary = "z-plus with biases at convolutions, epsilon at dense layers",
          .paper =
              "Kohlbrenner et al., Towards best practice in explaining neural network decisions "
              "with LRP, 2020; as in zennit",
          .parameters = {epsilon_parameter()},
          .make = make};
}

}  // namespace relcam
