#include "methods/roster.h"

namespace relcam {

/// Where a layer is averaged and then only weighed, the gradient of the score is the class's weight
/// divided by the number of positions, the same at all of them: its sum is the weight.
Method cam_method() {
  return {.name = "cam",
          .summary =
              "activations weighted by the class's weights in the last linear layer, where "
              "the model ends in an average over positions and that layer; the map's mean "
              "is the class score without its bias",
          .paper =
              "Zhou, Khosla, Lapedriza, Oliva, Torralba, Learning Deep Features for "
              "Discriminative Localization, CVPR 2016, equation 2",
          .signal = Signal::Gradient,
          .default_layer = "last-stage",
          .demand = LayerDemand::PooledLinear,
          .rectify = true,
          .weigh = summed_signal};
}

}  // namespace relcam
