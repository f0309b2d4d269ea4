#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  return {.name = "excitation-backprop",
          .rows = with_structural_rows(
              {{of_kind(Kind::Linear), make_linear_rule(z_plus_share({}, kZennitStabilizer))}})};
}

}  // namespace

CompositeEntry excitation_backprop_composite() {
  return {
      .name = "excitation-backprop",
      .summary =
          "z-plus without biases at every linear layer: the probabilities of a walk from the class "
          "to the pixels",
      .paper = "Zhang et al., Top-down neural attention by excitation backprop, 2016; as in zennit",
      .parameters = {},
      .make = make};
}

}  // namespace relcam
