#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/pixel_bounds.h"
#include "plan/forward_plan.h"
#include "relevance/binding.h"

namespace relcam {

/// What the rules of a binding need of one forward pass: bounds and denominators, computed node by
/// node and kept, so that another start costs only the sweep.
class Denomination {
 public:
  Denomination(const Binding& binding, const ForwardPass& forward, const PixelBounds& pixels);

  bool finished() const { return next_ == binding_->nodes().size(); }
  std::size_t done() const { return next_; }
  /// Denominators of one node.
  void step();

  const Binding& binding() const { return *binding_; }
  const Denominators& of(std::size_t bound) const { return nodes_[bound].denominators; }

  /// Calls `use` with the node's forward values, which live as long as the call.
  void with_node(std::size_t bound, const std::function<void(const RuleNode&)>& use) const;

 private:
  struct PerNode {
    PixelBounds bounds;
    Denominators denominators;
  };

  PixelBounds bounds_of(const BoundNode& bound) const;

  const Binding* binding_;
  const ForwardPass* forward_;
  const PixelBounds* pixels_;
  std::vector<PerNode> nodes_;
  std::size_t next_ = 0;
};

/// One backward pass of `count` stacked starts from the binding's start to all its layers.
class Sweep {
 public:
  /// Every seed has one element per class. `denomination` must be finished and outlive the sweep.
  Sweep(const Denomination& denomination, const std::vector<std::vector<float>>& seeds);

  bool finished() const { return next_ == denomination_->binding().nodes().size(); }
  std::size_t done() const { return next_; }
  void step();

  std::size_t count() const { return count_; }
  /// `count` stacked relevances of an asked-for layer, in its physical layout, once finished.
  std::span<const float> relevance(ValueId layer) const;

 private:
  bool hand_on(const BoundNode& bound, const Node& node);
  void deliver(ValueId value, Buffer relevance);
  void forget(const Node& node);

  const Denomination* denomination_;
  std::size_t count_;
  std::map<ValueId, Buffer> relevance_;
  std::size_t next_ = 0;
};

}  // namespace relcam
