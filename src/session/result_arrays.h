#pragma once

#include <span>
#include <vector>

#include "cam/method.h"
#include "composites/composite.h"
#include "relevance/sweep.h"
#include "session/session.h"
#include "starts/start.h"

namespace relcam {

/// What is known at one layer when the sweeps are done; arrays in physical order.
struct LayerSignals {
  const Value& value;
  bool is_logits = false;
  std::span<const float> activation;
  std::vector<float> signal;    ///< the method's: relevance or gradient
  std::vector<float> gradient;  ///< of the target logit, if asked for beside relevance
  std::vector<float> seed;
  ChannelWeight channel_weight = ChannelWeight::Sum;
};

/// The sweeps of a start as one relevance (Combination), in physical order.
std::vector<float> combined(const Sweep& sweep, Combination combination, ValueId layer,
                            const Value& value);

/// Fills shape and data for result.kind; false where the kind does not apply to the layer (maps at
/// the logits; the seed anywhere else). `input` is the graph's input: scaled maps have its size.
bool fill(ResultArray& result, const LayerSignals& signals, const CamMethod& method,
          const Value& input);

}  // namespace relcam
