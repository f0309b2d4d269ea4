#include "composites/roster.h"
#include "composites/structure.h"
#include "rules/rectified.h"

namespace relcam {

namespace {

Composite make(const Parameters& /*parameters*/) {
  return {.name = "deconvnet",
          .rows = gradient_rows(make_deconvolution_rule()),
          .channel_weight = ChannelWeight::Mean};
}

}  // namespace

CompositeEntry deconvnet_composite() {
  return {.name = "deconvnet",
          .summary =
              "the gradient, but rectifiers (Relu, LeakyRelu, PRelu, Clip) let through whatever is "
              "positive of what arrives, active or not",
          .paper = "Zeiler and Fergus, Visualizing and understanding convolutional networks, 2014",
          .parameters = {},
          .make = make};
}

}  // namespace relcam
