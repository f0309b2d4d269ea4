#include "composites/roster.h"
#include "composites/structure.h"

namespace relcam {

CompositeEntry epsilon_alpha2_beta1_flat_composite() {
  return with_flat_first_layer(epsilon_alpha2_beta1_composite(), "epsilon-alpha2-beta1-flat",
                               "epsilon-alpha2-beta1 with the flat rule at the first layer");
}

}  // namespace relcam
