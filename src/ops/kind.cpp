#include "ops/kind.h"

namespace relcam {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Linear: return "linear";
    case Kind::Pool: return "pool";
    case Kind::Winner: return "winner";
    case Kind::Sum: return "sum";
    case Kind::Route: return "route";
    case Kind::Activation: return "activation";
    case Kind::Affine: return "affine";
    case Kind::Normalization: return "normalization";
    case Kind::Gate: return "gate";
    case Kind::Own: return "own";
    case Kind::Blind: return "blind";
  }
  return "blind";
}

}  // namespace relcam
