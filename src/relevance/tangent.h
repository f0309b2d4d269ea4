#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "plan/forward_plan.h"
#include "relevance/binding.h"

namespace relcam {

/// One forward pass of a tangent: how the binding's start changes, to first order, when one of its
/// layers moves along a direction. Jacobians are the operations' own, whatever rules are bound; the
/// binding must be of gradients, which keep the forward values that Operation::jvp reads.
class Tangent {
 public:
  /// `direction` has the layer's elements in its physical order. `forward` must be finished.
  Tangent(const Binding& binding, const ForwardPass& forward, ValueId layer,
          std::span<const float> direction);

  bool finished() const { return done_ == binding_->nodes().size(); }
  std::size_t done() const { return done_; }
  /// One node, or a piece of a heavy one.
  void step();

  /// The start's change, in its physical order, once finished.
  std::span<const float> result() const;

 private:
  std::span<const float> tangent_of(ValueId value, std::vector<Buffer>& zeros) const;
  std::vector<std::span<const float>> values(const std::vector<ValueId>& ids, bool read) const;
  bool push(const Node& node, const PreparedNode& prepared);
  bool push_piece(const Node& node, LinearMap& map);
  void forget_inputs(const Node& node);

  const Binding* binding_;
  const ForwardPass* forward_;
  std::map<ValueId, Buffer> tangents_;
  std::map<ValueId, std::size_t> readers_;  ///< nodes that are still to read a value
  Buffer partial_;                          ///< tangent of the heavy node under way
  std::size_t pieces_ = 0;                  ///< of it that are there
  std::size_t done_ = 0;
};

}  // namespace relcam
