#pragma once

#include <span>
#include <vector>

#include "session/layer_signals.h"

namespace relcam {

/// An image's values with the channels last; what the raster leaves out is left out.
std::vector<float> channels_last(const Raster& raster, std::span<const float> physical);

/// From channels last to the order of memory, of an image that fills it.
std::vector<float> to_memory(const Raster& raster, std::span<const float> image);

/// An image, channels last, as methods see it; `raster` says how it lies in memory otherwise.
ImageSignal image_signal(std::span<const float> image, const Raster& raster);

/// How the model's input image lies in memory. Throws InvalidOption where it is none.
Raster input_raster(const Graph& graph);

/// What a method is told of a spatial layer, channels last.
class SpatialSignals {
 public:
  /// `signals` must outlive this.
  explicit SpatialSignals(const LayerSignals& signals);

  /// Views of arrays that live as long as this.
  MethodInput method_input() const;

 private:
  std::vector<float> ordered(std::span<const float> physical) const;

  const LayerSignals& signals_;
  Raster raster_;
  std::vector<float> activation_;
  std::vector<float> signal_;
  std::vector<float> curvature_;
  std::vector<BiasTerm> biases_;
};

}  // namespace relcam
