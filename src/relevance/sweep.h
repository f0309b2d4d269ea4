#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/function_ref.h"
#include "base/pixel_bounds.h"
#include "plan/forward_plan.h"
#include "relevance/binding.h"

namespace relcam {

/// What the rules of a binding need of one forward pass: bounds and denominators. Sweeps compute
/// them when they first reach a node, while its weights are at hand for the shares too; kept, so
/// that another start costs only the sweep.
class Denomination {
 public:
  Denomination(const Binding& binding, const ForwardPass& forward, const PixelBounds& pixels);

  /// Denominators of a node, or part of the work on a heavy one; false when they are there.
  bool step(std::size_t bound);

  const Binding& binding() const { return *binding_; }
  const Denominators& of(std::size_t bound) const { return nodes_[bound].denominators; }
  Denominators& of(std::size_t bound) { return nodes_[bound].denominators; }

  /// Calls `use` with the node's forward values, which live as long as the call.
  void with_node(std::size_t bound, FunctionRef<void(const RuleNode&)> use) const;

 private:
  struct PerNode {
    PixelBounds bounds;
    Denominators denominators;
    std::unique_ptr<RuleWork> work;  ///< under way
    bool done = false;
  };

  PixelBounds bounds_of(const BoundNode& bound) const;

  const Binding* binding_;
  const ForwardPass* forward_;
  const PixelBounds* pixels_;
  std::vector<PerNode> nodes_;
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
  /// Every seed has one element per class. `denomination` must outlive the sweep.
  Sweep(Denomination& denomination, const std::vector<std::vector<float>>& seeds);

  /// Before the first step: asks for accounts of every `stride`-th sweep, the first included.
  void keep_accounts(std::size_t stride) { account_stride_ = stride; }

  bool finished() const { return next_ == denomination_->binding().nodes().size(); }
  std::size_t done() const { return next_; }
  /// One node; or, where that takes long, some of its relevances or a piece of one.
  void step();

  std::size_t count() const { return count_; }
  /// `count` stacked relevances of an asked-for layer, in its physical layout, once finished.
  std::span<const float> relevance(ValueId layer) const;

  /// Accounts of sweep `index` in the order of the sweep, if asked for.
  const std::vector<NodeAccount>& accounts(std::size_t index) const { return accounts_.at(index); }
  /// Indices of bound nodes that received relevance in sweep `index` and sent none.
  const std::vector<std::size_t>& vanished(std::size_t index) const { return vanished_.at(index); }

 private:
  /// The next node under way.
  struct Visit {
    std::vector<Buffer> absent = {};  ///< zeros for outputs that nothing reached
    std::vector<std::span<const float>> outgoing = {};
    std::vector<Buffer> incoming = {};
    std::vector<char> served = {};  ///< per input: relevance is computed
    std::size_t most = 1;           ///< relevances of one step
    std::size_t done = 0;           ///< relevances
    /// Those of the step.
    std::size_t some = 0;
    std::vector<std::span<const float>> some_outgoing = {};
    std::vector<std::span<float>> some_incoming = {};
    std::unique_ptr<RuleWork> work = nullptr;
  };

  const BoundNode& bound() const { return denomination_->binding().nodes()[next_]; }
  const Node& node() const { return denomination_->binding().program().node(bound().node); }
  bool begin_node();
  template <typename T>
  std::span<T> some_of(std::span<T> stacked) const;
  void choose_relevances();
  std::vector<std::span<const float>> values_of(const std::vector<ValueId>& ids,
                                                ConstBuffers values) const;
  bool propagate();
  void end_node();
  std::size_t most_at_once() const;
  bool hand_on();
  void note_vanished(ConstBuffers outgoing, ConstBuffers incoming);
  void book(ConstBuffers outgoing, ConstBuffers incoming);
  void book_passed(std::span<const float> relevance);
  void deliver(ValueId value, Buffer relevance);
  void forget(const Node& node);

  Denomination* denomination_;
  std::size_t count_;
  std::map<ValueId, Buffer> relevance_;
  std::size_t account_stride_ = 0;  ///< 0: none
  std::vector<std::vector<NodeAccount>> accounts_;
  std::vector<std::vector<std::size_t>> vanished_;
  std::size_t next_ = 0;
  std::optional<Visit> visit_;
};

}  // namespace relcam
