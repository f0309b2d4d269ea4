#pragma once

#include <list>
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
  ~SpatialSignals() = default;
  SpatialSignals(const SpatialSignals&) = delete;
  SpatialSignals& operator=(const SpatialSignals&) = delete;

  /// Views of arrays that live as long as this and `signals`.
  MethodInput method_input() const;

 private:
  std::span<const float> ordered(std::span<const float> physical);

  const LayerSignals& signals_;
  Raster raster_;
  std::list<std::vector<float>> copies_;  ///< of what does not lie channels last
  std::span<const float> activation_;
  std::span<const float> signal_;
  std::span<const float> curvature_;
  std::vector<BiasTerm> biases_;
};

}  // namespace relcam
