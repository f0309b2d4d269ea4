#pragma once

#include <string>
#include <vector>

#include "session/explain_passes.h"
#include "session/explain_request.h"
#include "session/steps.h"
#include "session/trial_runs.h"

namespace relcam {

/// The results of an explanation, made when passes and trials are done: target by target, layer by
/// layer, and after a target's layers the map that joins them.
class LayerResults {
 public:
  /// All arguments must outlive this.
  LayerResults(const Session::State& state, const ExplainPlan& plan, const ExplainPasses& passes,
               const TrialRuns& trials);

  /// One layer for one target, added to `explanation`; false when all are done.
  bool step(Explanation& explanation);
  Count layers(const Explanation& explanation) const;

 private:
  LayerSignals signals_at(std::size_t layer, std::size_t target_index) const;
  ResultArray empty_result(std::string_view layer, std::string_view kind) const;
  void report_map(LayerSignals& signals, Explanation& explanation) const;
  void add_results(LayerSignals& signals, Explanation& explanation) const;
  void keep_for_fusion(LayerSignals& signals);
  void fuse_layers(Explanation& explanation);

  const Session::State* state_;
  const ExplainPlan* plan_;
  const ExplainPasses* passes_;
  const TrialRuns* trials_;
  std::size_t done_ = 0;
  std::int64_t target_ = kNoTarget;   ///< at hand
  std::vector<ResultArray> to_fuse_;  ///< its maps, but for the last scaling
};

}  // namespace relcam
