#include <algorithm>
#include <chrono>

#include "session/diagnosis.h"
#include "session/explain_passes.h"
#include "session/explain_request.h"
#include "session/layer_results.h"
#include "session/state.h"
#include "session/sweep_report.h"
#include "session/trial_runs.h"

namespace relcam {

namespace {

/// The phases of an explanation, one after the other; what each does stands in a type of its own.
class ExplainJob final : public Job {
 public:
  ExplainJob(Session::State& state, const ExplainRequest& request);

  bool step() override;
  Progress progress() const override;

 private:
  enum class Phase : std::uint8_t { Forward, Tangent, Backward, Trials, Cam, Done };

  static std::string_view name_of(Phase phase);
  void request_forward();
  std::vector<float> checked_scores(ValueId id) const;
  void choose_targets();
  Phase advance(Phase phase);
  Count count() const;

  Session::State& state_;
  ExplainPlan plan_;
  ExplainPasses passes_;
  TrialRuns trials_;
  LayerResults results_;
  Explanation explanation_;
  std::vector<float> scores_;  ///< of the tensor that relevance begins at, in ONNX order
  Phase phase_ = Phase::Forward;
};

ExplainJob::ExplainJob(Session::State& state, const ExplainRequest& request)
    : state_(state),
      plan_(plan_explanation(state, request)),
      passes_(state, plan_),
      trials_(state, plan_),
      results_(state, plan_, passes_, trials_) {
  request_forward();
}

void ExplainJob::request_forward() {
  std::vector<bool> kept(state_.program.graph().values.size(), false);
  for (const ValueId layer : plan_.layers) kept[static_cast<std::size_t>(layer)] = true;
  passes_.mark_reads(kept);
  trials_.mark_reads(kept);
  for (const BoundComposite& bound : state_.bound) bound.binding->mark_reads(kept);
  state_.request_forward(std::move(kept));
  explanation_.reused_forward = state_.forward_valid;
}

std::vector<float> ExplainJob::checked_scores(ValueId id) const {
  std::vector<float> scores = state_.forward_result(id);
  check_scores(scores, state_.program.graph().value(id).name);
  return scores;
}

void ExplainJob::choose_targets() {
  explanation_.logits = checked_scores(state_.logits);
  scores_ = checked_scores(plan_.beginning.value);
  explanation_.targets = plan_.targets;
  if (plan_.wants_top_class()) {
    const auto top = std::ranges::max_element(scores_);
    explanation_.targets = {static_cast<std::size_t>(top - scores_.begin())};
  }
}

ExplainJob::Phase ExplainJob::advance(Phase phase) {
  switch (phase) {
    case Phase::Forward:
      if (state_.step_forward()) return Phase::Forward;
      choose_targets();
      passes_.adopt();
      return Phase::Tangent;
    case Phase::Tangent:
      if (passes_.step_tangent()) return Phase::Tangent;
      passes_.start_sweeps(explanation_.targets);
      return Phase::Backward;
    case Phase::Backward:
      if (passes_.step_sweeps()) return Phase::Backward;
      report_sweeps(state_, plan_, passes_.method_pass(), scores_, explanation_);
      trials_.start(explanation_.targets);
      return trials_.empty() ? Phase::Cam : Phase::Trials;
    case Phase::Trials: return trials_.step() ? Phase::Trials : Phase::Cam;
    case Phase::Cam:
      if (results_.step(explanation_)) return Phase::Cam;
      state_.explanation = std::move(explanation_);
      return Phase::Done;
    case Phase::Done: return Phase::Done;
  }
  return Phase::Done;
}

bool ExplainJob::step() {
  const auto begin = std::chrono::steady_clock::now();
  const Phase phase = phase_;
  phase_ = advance(phase);
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  Explanation& explanation = phase_ == Phase::Done ? state_.explanation : explanation_;
  (phase == Phase::Forward ? explanation.forward_milliseconds
                           : explanation.backward_milliseconds) += spent.count();
  return phase_ != Phase::Done;
}

std::string_view ExplainJob::name_of(Phase phase) {
  switch (phase) {
    case Phase::Forward: return "forward";
    case Phase::Tangent:
    case Phase::Backward: return "backward";
    case Phase::Trials: return "trials";
    case Phase::Cam:
    case Phase::Done: return "cam";
  }
  return "cam";
}

Count ExplainJob::count() const {
  switch (phase_) {
    case Phase::Forward: return state_.forward_nodes();
    case Phase::Tangent: return passes_.tangents();
    case Phase::Backward: return passes_.sweeps();
    case Phase::Trials: return trials_.trials();
    case Phase::Cam: return results_.layers(explanation_);
    case Phase::Done: return results_.layers(state_.explanation);
  }
  return {};
}

Progress ExplainJob::progress() const {
  const Count steps = count();
  return {.phase = std::string(name_of(phase_)), .done = steps.done, .total = steps.total};
}

}  // namespace

std::unique_ptr<Job> make_explain_job(Session::State& state, const ExplainRequest& request) {
  return std::make_unique<ExplainJob>(state, request);
}

}  // namespace relcam
