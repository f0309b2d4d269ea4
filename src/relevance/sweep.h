#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/function_ref.h"
#include "base/pixel_bounds.h"
#include "plan/forward_plan.h"
#include "relevance/binding.h"

namespace relcam {

/// What the rules of a binding need of one forward pass: bounds and denominators, computed node by
/// node and kept, so that another start costs only the sweep. Sweeps complete what rules left open.
class Denomination {
 public:
  Denomination(const Binding& binding, const ForwardPass& forward, const PixelBounds& pixels);

  bool finished() const { return next_ == binding_->nodes().size(); }
  std::size_t done() const { return next_; }
  /// Denominators of one node.
  void step();

  const Binding& binding() const { return *binding_; }
  const Denominators& of(std::size_t bound) const { return nodes_[bound].denominators; }
  Denominators& of(std::size_t bound) { return nodes_[bound].denominators; }

  /// Calls `use` with the node's forward values, which live as long as the call.
  void with_node(std::size_t bound, FunctionRef<void(const RuleNode&)> use) const;

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

/// Where the relevance of one node's outputs went in one sweep:
/// received = sent + aside + losses + other.
struct NodeAccount {
  std::size_t bound = 0;  ///< index of Binding::nodes
  double received = 0.0;  ///< of the outputs
  double sent = 0.0;      ///< to inputs on the way to asked-for layers
  double aside = 0.0;     ///< to inputs that lead to none
  Losses losses = {};

  /// What nothing accounts for: rounding, and what a rule adds or drops by itself.
  double other() const {
    return received - sent - aside - losses.zeros - losses.bias - losses.stabilizer -
           losses.padding;
  }
};

/// One backward pass of `count` stacked starts from the binding's start to all its layers.
class Sweep {
 public:
  /// Every seed has one element per class. `denomination` must be finished and outlive the sweep.
  Sweep(Denomination& denomination, const std::vector<std::vector<float>>& seeds);

  /// Before the first step: asks for accounts of every `stride`-th sweep, the first included.
  void keep_accounts(std::size_t stride) { account_stride_ = stride; }

  bool finished() const { return next_ == denomination_->binding().nodes().size(); }
  std::size_t done() const { return next_; }
  void step();

  std::size_t count() const { return count_; }
  /// `count` stacked relevances of an asked-for layer, in its physical layout, once finished.
  std::span<const float> relevance(ValueId layer) const;

  /// Accounts of sweep `index` in the order of the sweep, if asked for.
  const std::vector<NodeAccount>& accounts(std::size_t index) const { return accounts_.at(index); }
  /// Indices of bound nodes that received relevance in sweep `index` and sent none.
  const std::vector<std::size_t>& vanished(std::size_t index) const { return vanished_.at(index); }

 private:
  void step_node();
  bool hand_on(std::size_t index, const BoundNode& bound, const Node& node);
  void note_vanished(std::size_t index, ConstBuffers outgoing, ConstBuffers incoming);
  void book(std::size_t index, ConstBuffers outgoing, ConstBuffers incoming);
  void book_passed(std::size_t index, std::span<const float> relevance);
  void deliver(ValueId value, Buffer relevance);
  void forget(const Node& node);

  Denomination* denomination_;
  std::size_t count_;
  std::map<ValueId, Buffer> relevance_;
  std::size_t account_stride_ = 0;  ///< 0: none
  std::vector<std::vector<NodeAccount>> accounts_;
  std::vector<std::vector<std::size_t>> vanished_;
  std::size_t next_ = 0;
};

}  // namespace relcam
