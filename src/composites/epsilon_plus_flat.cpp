#include "composites/roster.h"
#include "composites/structure.h"

namespace relcam {

CompositeEntry epsilon_plus_flat_composite() {
  return with_flat_first_layer(epsilon_plus_composite(), "epsilon-plus-flat",
                               "epsilon-plus with the flat rule at the first layer");
}

}  // namespace relcam
