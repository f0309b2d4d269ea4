#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/explain_passes.h"
#include "session/explain_request.h"
#include "session/layer_map.h"
#include "session/steps.h"
#include "session/trial_runs.h"

namespace relcam {

/// The results of an explanation, made when passes and trials are done: target by target, layer by
/// layer, and after a target's layers its seed, unless one of them has it, and the map that joins
/// them.
class LayerResults {
 public:
  /// All arguments must outlive this.
  LayerResults(const Session::State& state, const ExplainPlan& plan, const ExplainPasses& passes,
               const TrialRuns& trials);
  ~LayerResults() = default;
  LayerResults(const LayerResults&) = delete;
  LayerResults& operator=(const LayerResults&) = delete;

  /// Part of the map of one layer for one target, or one result, added to `explanation`; false when
  /// all are done.
  bool step(Explanation& explanation);
  Count layers(const Explanation& explanation) const;

 private:
  LayerSignals signals_at(std::size_t layer, std::size_t target_index) const;
  void begin_layer(Explanation& explanation);
  void make_attention_map(std::size_t target_index);
  ResultArray empty_result(std::string_view layer, std::string_view kind) const;
  void step_map(Explanation& explanation);
  void end_layer(Explanation& explanation);
  void report_map(Explanation& explanation);
  void add_result(const std::string& kind, Explanation& explanation);
  void add_seed(Explanation& explanation);
  void keep_for_fusion();
  void fuse_layers(Explanation& explanation);

  const Session::State* state_;
  const ExplainPlan* plan_;
  const ExplainPasses* passes_;
  const TrialRuns* trials_;
  std::size_t done_ = 0;
  std::int64_t target_ = kNoTarget;      ///< at hand
  std::vector<ResultArray> to_fuse_;     ///< its maps, but for the last scaling
  std::optional<LayerSignals> signals_;  ///< of the layer at hand
  std::unique_ptr<LayerMap> map_;        ///< while it is made
  std::size_t kinds_done_ = 0;           ///< of what is to be emitted
};

}  // namespace relcam
