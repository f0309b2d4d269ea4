#pragma once

#include <vector>

#include "session/layer_signals.h"
#include "session/steps.h"
#include "session/trial_run.h"

namespace relcam {

/// The trials at all layers of an explanation; none for methods that do not run the model again.
class TrialRuns {
 public:
  /// Throws what TrialRun does. `plan` must outlive this.
  TrialRuns(Session::State& state, const ExplainPlan& plan);

  void mark_reads(std::vector<bool>& kept) const;
  /// After the forward pass.
  void start(const std::vector<std::size_t>& targets);
  bool step();
  bool empty() const { return runs_.empty(); }
  Count trials() const;

  /// Adds to `signals` what came out at its layer, number `layer` of the plan's.
  void add_to(LayerSignals& signals, std::size_t layer, std::size_t target_index) const;

 private:
  const Session::State* state_;
  const ExplainPlan* plan_;
  std::vector<TrialRun> runs_;  ///< one per layer
};

}  // namespace relcam
