#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "relevance/tangent.h"
#include "session/backward_pass.h"
#include "session/state.h"

namespace relcam {

/// H A at every layer, where A is the layer's activation and H the Hessian of the start's function
/// of the scores with respect to A: J^T S J A, with J the Jacobian from the layer to the scores and
/// S the curvature that the start knows. J A is a tangent pass, J^T a sweep of gradients. Exact
/// where the network is piecewise linear in between; second derivatives of smooth operations are
/// left out.
class Curvature {
 public:
  /// `pass` sweeps gradients from the beginning to `layers`, and has adopted its denominators.
  /// `start` has a curvature.
  Curvature(const Session::State& state, const Beginning& beginning, std::vector<ValueId> layers,
            BackwardPass& pass);

  /// One node of a tangent pass; false when the tangents of all layers are there.
  bool step_tangent();
  Count tangents() const;

  /// Starts the sweep of the pass, for all layers and targets at once.
  void start_sweep(const std::vector<std::size_t>& targets);
  /// H A at layer number `layer` for target number `target`, in physical order.
  FloatValues at(std::size_t layer, std::size_t target) const;

 private:
  const Session::State* state_;
  const Beginning* beginning_;
  std::vector<ValueId> layers_;
  BackwardPass* pass_;
  std::optional<Tangent> tangent_;
  std::vector<std::vector<float>> changes_;  ///< J A per layer, in ONNX order
  std::size_t targets_ = 0;
};

}  // namespace relcam
