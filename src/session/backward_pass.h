#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/float_values.h"
#include "base/parameters.h"
#include "relevance/sweep.h"
#include "session/state.h"
#include "starts/start.h"

namespace relcam {

/// Where relevance begins: at a tensor (the logits, or any other), either as a start of the roster
/// says for every target, or with values that the caller wrote down.
struct Beginning {
  ValueId value = kNoValue;
  const Start* start = nullptr;  ///< null: `seed` holds
  Parameters parameters = {};    ///< of the start
  std::vector<float> seed = {};  ///< ONNX order, one per element of `value`

  /// Name as results tell it.
  std::string_view name() const { return start == nullptr ? "seed" : start->name; }
  /// Sweeps that one target takes, and how they become one relevance.
  Combination combination() const {
    return start == nullptr ? Combination::Single : start->combination;
  }
};

/// The initial relevances in physical order, target by target; the beginning's own seed where it
/// has no start. After the forward pass.
std::vector<std::vector<float>> make_seeds(const Session::State& state, const Beginning& beginning,
                                           const std::vector<std::size_t>& targets);

/// One backward sweep of a request, for all its targets at once, from the beginning to all layers.
class BackwardPass {
 public:
  /// Binds the composite, unless an earlier request did, before any arithmetic. Throws what Binding
  /// does.
  BackwardPass(Session::State& state, Beginning beginning, CompositeChoice composite,
               std::vector<ValueId> layers);

  /// Flags in `kept` every value whose forward result the rules read.
  void mark_reads(std::vector<bool>& kept) const;

  /// After the forward pass: finds the denominators of earlier requests, or makes room for them.
  void adopt();
  /// Starts the sweep for `targets`; without targets, for the beginning's own seed. With
  /// `keep_accounts`, for a ledger of every target.
  void start_sweep(const std::vector<std::size_t>& targets, bool keep_accounts);
  /// Starts a sweep from initial relevances of the caller's, in physical order; `index` of seed and
  /// signal counts them.
  void start_sweep_from(std::vector<std::vector<float>> seeds);
  /// One node of the sweep, or its denominators; false when it is finished.
  bool step_sweep();

  const Beginning& beginning() const { return beginning_; }
  const Binding& binding() const { return *bound_->binding; }
  const Composite& composite() const { return binding().composite(); }
  Count sweep() const { return {sweep_->done(), binding().nodes().size()}; }

  /// The first initial relevance of target number `index`, in physical order.
  const std::vector<float>& seed(std::size_t index) const;
  /// The relevance of a layer for target number `index`, in physical order; the sweeps of the
  /// start are combined as it says. Holds until the next sweep starts.
  FloatValues signal(ValueId layer, std::size_t index) const;
  /// The sweep of target number `index`, the first of its start's.
  const std::vector<NodeAccount>& accounts(std::size_t index) const {
    return sweep_->accounts(index * sweeps_per_target_);
  }
  const std::vector<std::size_t>& vanished(std::size_t index) const {
    return sweep_->vanished(index * sweeps_per_target_);
  }

 private:
  BoundComposite bind() const;

  Session::State* state_;
  Beginning beginning_;
  BindingKey key_;
  std::optional<BoundComposite> fresh_;
  BoundComposite* bound_ = nullptr;
  std::vector<std::vector<float>> seeds_;
  std::size_t sweeps_per_target_ = 1;
  std::optional<Sweep> sweep_;
};

}  // namespace relcam
