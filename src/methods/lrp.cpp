#include "methods/roster.h"

namespace relcam {

Method lrp_method() {
  return {.name = "lrp",
          .summary = "relevance of each element under the rules of a composite",
          .paper =
              "Bach et al., On Pixel-Wise Explanations by Layer-Wise Relevance Propagation, "
              "PLoS ONE 2015",
          .signal = Signal::Relevance,
          .default_start = "logit",
          .default_composite = "epsilon-plus",
          .attention_composite = "cp-lrp",
          .default_layer = "input",
          .attribute = signal_itself};
}

}  // namespace relcam
