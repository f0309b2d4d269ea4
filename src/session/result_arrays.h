#pragma once

#include <span>
#include <vector>

#include "composites/composite.h"
#include "methods/method.h"
#include "methods/trials.h"
#include "session/session.h"

namespace relcam {

/// What is known at one layer when the sweeps are done; arrays in physical order.
struct LayerSignals {
  const Value& value;
  bool is_beginning = false;  ///< relevance begins here
  std::span<const float> activation;
  std::vector<float> signal = {};    ///< the method's: relevance or gradient
  std::vector<float> gradient = {};  ///< of the target, if asked for beside the signal
  std::vector<float> seed = {};
  ChannelWeight channel_weight = ChannelWeight::Sum;
  /// Of methods that run the model again: what came out, and the layer as an image.
  CamOutput trials = {};
  Raster raster = {};
  const Parameters& parameters;  ///< of the method
};

/// Fills shape and data for result.kind; false where the kind does not apply to the layer (maps
/// where relevance begins; the seed anywhere else). `input` is the graph's input: scaled maps have
/// its size.
bool fill(ResultArray& result, const LayerSignals& signals, const Method& method,
          const Value& input);

}  // namespace relcam
