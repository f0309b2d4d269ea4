#include "methods/roster.h"

namespace relcam {

Method guided_backprop_method() {
  return {.name = "guided-backprop",
          .summary =
              "the gradient, of which each ReLU lets through only what is positive going "
              "forward and backward",
          .paper = "Springenberg et al., Striving for Simplicity, ICLR Workshop 2015, section 3.4",
          .signal = Signal::Relevance,
          .default_composite = "guided-backprop",
          .default_layer = "input",
          .attribute = signal_itself};
}

}  // namespace relcam
