#pragma once

#include "methods/map.h"
#include "session/spatial_signals.h"

namespace relcam {

/// Makes the map of one layer's signals.
class LayerMap {
 public:
  /// `signals`, which take maps, must outlive this.
  LayerMap(LayerSignals& signals, const Method& method)
      : signals_(signals), images_(signals), making_(method, images_.method_input()) {}

  /// False when the map is there, in LayerSignals::output.
  bool step() {
    if (making_.step()) return true;
    signals_.output = making_.take();
    return false;
  }

 private:
  LayerSignals& signals_;
  SpatialSignals images_;
  MapMaking making_;
};

}  // namespace relcam
