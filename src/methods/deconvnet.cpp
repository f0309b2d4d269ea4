#include "methods/roster.h"

namespace relcam {

Method deconvnet_method() {
  return {.name = "deconvnet",
          .summary =
              "the gradient, of which each ReLU lets through only what is positive going "
              "backward, whatever its input was",
          .paper =
              "Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, "
              "ECCV 2014, section 2.1",
          .signal = Signal::Relevance,
          .default_composite = "deconvnet",
          .default_layer = "input",
          .attribute = signal_itself};
}

}  // namespace relcam
