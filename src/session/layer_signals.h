#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/float_values.h"
#include "composites/composite.h"
#include "graph/graph.h"
#include "image/raster.h"
#include "methods/evidence.h"
#include "methods/method.h"
#include "session/layers.h"

namespace relcam {

/// A biased node of Method::reads_biases.
struct BiasSignal {
  std::span<const float> bias;
  Raster raster = {};  ///< of the node's output, channels last
  FloatValues signal;
};

/// What is known at one layer when the sweeps are done; arrays in physical order.
struct LayerSignals {
  const Graph& graph;
  ValueId layer = kNoValue;
  bool is_beginning = false;  ///< relevance begins here
  std::span<const float> activation;
  FloatValues signal = {};    ///< the method's: relevance or gradient
  FloatValues gradient = {};  ///< of the target, if asked for beside the signal
  FloatValues guide = {};     ///< of the method's guide, at the model's input
  std::vector<BiasSignal> biases = {};
  FloatValues curvature = {};  ///< of the method, or empty
  std::vector<float> seed = {};
  ChannelWeight channel_weight = ChannelWeight::Sum;
  const Parameters& parameters;  ///< of the method
  Evidence evidence = Evidence::Own;
  /// What trials or a LayerMap made of it.
  std::optional<CamOutput> output = {};
  /// Of its map, where that is of attention alone and not of the layer.
  std::optional<ImageSize> map_size = {};

  const Value& value() const { return graph.value(layer); }
  /// Maps are made here: at spatial layers, but not where relevance begins.
  bool takes_maps() const {
    return map_size || (!is_beginning && raster_of(graph, layer).has_value());
  }
  ImageSize size() const { return map_size ? *map_size : raster_of(graph, layer)->size(); }
};

}  // namespace relcam
