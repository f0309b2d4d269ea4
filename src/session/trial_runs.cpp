#include "session/trial_runs.h"

#include <algorithm>

namespace relcam {

TrialRuns::TrialRuns(Session::State& state, const ExplainPlan& plan)
    : state_(&state), plan_(&plan) {
  if (!plan.method->runs_again()) return;
  for (const ValueId layer : plan.layers) runs_.emplace_back(state, plan, layer);
}

void TrialRuns::mark_reads(std::vector<bool>& kept) const {
  for (const TrialRun& run : runs_) run.mark_reads(kept);
}

void TrialRuns::start(const std::vector<std::size_t>& targets) {
  for (TrialRun& run : runs_) run.start(make_seeds(*state_, plan_->beginning, targets));
}

bool TrialRuns::step() {
  return std::ranges::any_of(runs_, [](TrialRun& run) { return run.step(); });
}

Count TrialRuns::trials() const {
  Count count;
  for (const TrialRun& run : runs_) count += {.done = run.done(), .total = run.total()};
  return count;
}

void TrialRuns::add_to(LayerSignals& signals, std::size_t layer, std::size_t target_index) const {
  if (runs_.empty()) return;
  signals.output = runs_[layer].result(target_index);
  signals.seed = runs_[layer].seed(target_index);
}

}  // namespace relcam
