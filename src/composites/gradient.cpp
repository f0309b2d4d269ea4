#include "composites/roster.h"
#include "rules/adjoint.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  const auto carries_gradient = [](const NodeFacts& facts) { return facts.kind != Kind::Blind; };
  return {.name = "gradient",
          .rows = {{carries_gradient, make_adjoint_rule("gradient", false)}},
          .channel_weight = ChannelWeight::Mean};
}

}  // namespace

CompositeEntry gradient_composite() {
  return {.name = "gradient",
          .summary = "the plain gradient at every node",
          .paper = "Simonyan et al., Deep Inside Convolutional Networks, 2013",
          .parameters = {},
          .make = make};
}

}  // namespace relcam
