#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

bool is_first_convolution(const NodeFacts& facts) {
  return is_first_linear(facts) && is_convolution(facts);
}

Composite make(const Parameters& parameters) {
  const Stabilizer epsilon = signed_stabilizer(parameters.number("epsilon"));
  const auto gamma = static_cast<float>(parameters.number("gamma"));
  return {.name = "epsilon-gamma-box",
          .rows = with_structural_rows(
              {{is_first_convolution, make_linear_rule(z_box_share(kZennitStabilizer))},
               {is_convolution, make_linear_rule(gamma_share(gamma, kZennitStabilizer))},
               {of_kind(Kind::Linear), make_linear_rule(epsilon_share(epsilon))}})};
}

}  // namespace

CompositeEntry epsilon_gamma_box_composite() {
  return {
      .name = "epsilon-gamma-box",
      .summary = "z-box at the first convolution, gamma at the others, epsilon at dense layers",
      .paper = "Montavon et al., Layer-wise relevance propagation: an overview, 2019; as in zennit",
      .parameters = {epsilon_parameter(), gamma_parameter()},
      .make = make};
}

}  // namespace relcam
