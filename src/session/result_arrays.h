#pragma once

#include "methods/method.h"
#include "session/layer_signals.h"
#include "session/session.h"

namespace relcam {

/// The method's map at the layer, if it is made (layer_map.h); null where there is none.
const CamOutput* map_of(const LayerSignals& signals);

/// Fills shape and data for result.kind; false where the kind does not apply to the layer (maps
/// where relevance begins; the seed at other layers). Scaled maps have the size of the model's
/// input.
bool fill(ResultArray& result, const LayerSignals& signals, const Method& method);

/// Fills shape and data of a scaled map but for its last scaling, so that it can be fused with
/// those of other layers; false where relevance begins.
bool fill_resized(ResultArray& result, const LayerSignals& signals, const Method& method);

}  // namespace relcam
