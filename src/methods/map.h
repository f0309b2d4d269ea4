#pragma once

#include <memory>
#include <vector>

#include "methods/method.h"

namespace relcam {

/// The parameter "eigen-smooth", yes or no: the map is the first principal direction of what the
/// channels contribute at each position (principal.h), rather than its sum over channels. It comes
/// from pytorch-grad-cam. Methods that sum contributions may declare it.
ParameterInfo eigen_smooth_parameter();

/// A map that takes long, in steps of some 30 ms of WebAssembly on one thread at most.
class MapWork {
 public:
  virtual ~MapWork() = default;
  /// False when nothing is left to do.
  virtual bool step() = 0;
  /// Height x width, raw and signed; after all steps.
  virtual std::vector<float> map() const = 0;
};

/// Method::map of a class of such work.
template <typename Kind>
std::unique_ptr<MapWork> make_map_work(const MethodInput& input) {
  return std::make_unique<Kind>(input);
}

/// The map of a method that makes it of a layer's signals.
class MapMaking {
 public:
  /// What `input` views must outlive this.
  MapMaking(const Method& method, const MethodInput& input);

  /// False when the map is there.
  bool step();
  CamOutput take() { return std::move(output_); }

 private:
  CamOutput output_;
  std::unique_ptr<MapWork> work_;  ///< null for maps that are made at once
};

}  // namespace relcam
