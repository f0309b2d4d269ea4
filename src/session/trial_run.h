#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "methods/trials.h"
#include "plan/forward_plan.h"
#include "relevance/sweep.h"
#include "session/explain_request.h"
#include "session/state.h"

namespace relcam {

/// The trials of a method at one layer, for all targets of a request. They run in batches, from the
/// altered tensor to the scores and, where the method looks at gradients, back to the layer; what
/// the alteration does not reach is read of the session's forward pass.
class TrialRun {
 public:
  /// Throws UnknownLayer where the explained scores do not depend on the altered tensor, and what
  /// Binding throws. `plan` must outlive this.
  TrialRun(Session::State& state, const ExplainPlan& plan, ValueId layer);

  /// Flags in `kept` what is read of the session's forward pass.
  void mark_reads(std::vector<bool>& kept) const;

  /// After the forward pass. One seed per target, in physical order.
  void start(std::vector<std::vector<float>> seeds);
  /// One sample altered, one node of a batch, or one batch taken in; false when all is done.
  bool step();
  /// Trials.
  std::size_t done() const { return first_; }
  std::size_t total() const { return trials_.front()->count(); }

  const std::vector<float>& seed(std::size_t target_index) const { return seeds_[target_index]; }
  CamOutput result(std::size_t target_index) const { return trials_[target_index]->finish(); }

 private:
  enum class Stage : std::uint8_t { Alter, Forward, Backward, Take };

  std::vector<bool> kept_values() const;
  std::size_t choose_samples() const;
  TrialInput trial_input(std::size_t target_index) const;
  void begin_batch();
  void alter_sample();
  void step_forward();
  void begin_sweep();
  void take();
  Stage advance();

  Session::State* state_;
  const ExplainPlan* plan_;
  ValueId layer_;
  ValueId altered_;
  std::unique_ptr<Binding> binding_;  ///< null without gradients
  std::optional<ForwardPlan> forward_plan_;
  std::vector<std::vector<float>> seeds_;
  std::vector<std::unique_ptr<Trials>> trials_;  ///< one per target

  std::unique_ptr<ForwardPass> pass_;
  std::unique_ptr<Denomination> denomination_;
  std::optional<Sweep> sweep_;
  Stage stage_ = Stage::Alter;
  std::size_t first_ = 0;  ///< trial of the batch
  std::size_t altered_samples_ = 0;
  std::size_t target_ = 0;  ///< whose gradients are under way
};

}  // namespace relcam
