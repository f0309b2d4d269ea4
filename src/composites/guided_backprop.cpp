#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/rectified.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  return {.name = "guided-backprop",
          .rows = gradient_rows(make_guided_rule()),
          .channel_weight = ChannelWeight::Mean};
}

}  // namespace

CompositeEntry guided_backprop_composite() {
  return {.name = "guided-backprop",
          .summary =
              "the gradient, of which rectifiers (Relu, LeakyRelu, PRelu, Clip) let only the "
              "positive part through",
          .paper = "Springenberg et al., Striving for simplicity: the all convolutional net, 2014",
          .parameters = {},
          .make = make};
}

}  // namespace relcam
