#pragma once

#include "methods/map.h"

namespace relcam::testing {

/// The method's map of one layer, with all its steps.
inline CamOutput make_map(const Method& method, const MethodInput& input) {
  MapMaking making(method, input);
  while (making.step()) continue;
  return making.take();
}

}  // namespace relcam::testing
