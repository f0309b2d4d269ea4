#include <algorithm>
#include <cmath>

#include "methods/roster.h"

namespace relcam {

namespace {

std::vector<float> attribute(const MethodInput& input) {
  std::vector<float> magnitudes(input.signal.size());
  std::ranges::transform(input.signal, magnitudes.begin(), [](float g) { return std::fabs(g); });
  return magnitudes;
}

}  // namespace

Method saliency_method() {
  return {.name = "saliency",
          .summary =
              "the gradient's magnitude, channel by channel (the paper then takes the "
              "largest over the channels)",
          .paper =
              "Simonyan et al., Deep Inside Convolutional Networks, ICLR Workshop 2014, "
              "section 3",
          .signal = Signal::Gradient,
          .default_layer = "input",
          .attribute = attribute};
}

}  // namespace relcam
