#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "methods/method.h"
#include "session/backward_pass.h"
#include "session/explain_request.h"
#include "session/layers.h"
#include "session/result_arrays.h"
#include "session/state.h"
#include "session/trial_run.h"

namespace relcam {

namespace {

/// How many bound composites keep their denominators: the method at hand and the one it is
/// compared with.
constexpr std::size_t kBoundComposites = 2;

class ExplainJob final : public Job {
 public:
  ExplainJob(Session::State& state, const ExplainRequest& request);

  bool step() override;
  Progress progress() const override;

 private:
  enum class Phase : std::uint8_t { Forward, Bind, Backward, Trials, Cam, Done };

  static std::string_view name_of(Phase phase);
  void add_pass(Beginning beginning, CompositeChoice composite);
  void request_forward();
  void choose_targets();
  bool step_denominators();
  bool step_sweeps();
  void start_trials();
  bool step_trials();
  bool step_layers();
  void finish_layer(ValueId layer, std::size_t target_index);
  Phase advance(Phase phase);

  Session::State& state_;
  ExplainPlan plan_;
  std::vector<BackwardPass> passes_;
  std::vector<TrialRun> trial_runs_;  ///< one per layer, for methods that run the model again
  Explanation explanation_;
  Phase phase_ = Phase::Forward;
  std::size_t results_done_ = 0;
};

ExplainJob::ExplainJob(Session::State& state, const ExplainRequest& request)
    : state_(state), plan_(plan_explanation(state, request)) {
  if (plan_.method->signal != Signal::None) add_pass(plan_.beginning, plan_.composite);
  if (plan_.wants_gradient_beside()) {
    Beginning one_hot = plan_.beginning;
    if (one_hot.start != nullptr) one_hot.start = &find_start("one-hot");
    add_pass(std::move(one_hot), {.name = "gradient", .settings = {}});
  }
  for (std::size_t i = 0; plan_.method->runs_again() && i < plan_.layers.size(); ++i) {
    trial_runs_.emplace_back(state, plan_, plan_.layers[i]);
  }
  request_forward();
}

void ExplainJob::add_pass(Beginning beginning, CompositeChoice composite) {
  passes_.emplace_back(state_, std::move(beginning), std::move(composite), plan_.layers);
}

void ExplainJob::request_forward() {
  std::vector<bool> kept(state_.program.graph().values.size(), false);
  for (const ValueId layer : plan_.layers) kept[static_cast<std::size_t>(layer)] = true;
  for (const BackwardPass& pass : passes_) pass.mark_reads(kept);
  for (const TrialRun& run : trial_runs_) run.mark_reads(kept);
  for (const BoundComposite& bound : state_.bound) bound.binding->mark_reads(kept);
  state_.request_forward(std::move(kept));
  explanation_.reused_forward = state_.forward_valid;
}

void ExplainJob::choose_targets() {
  const auto logits = state_.forward->value(state_.logits);
  explanation_.logits.assign(logits.begin(), logits.end());
  explanation_.targets = plan_.targets;
  if (plan_.wants_top_class()) {
    const auto scores = state_.forward->value(plan_.beginning.value);
    const auto top = std::ranges::max_element(scores);
    explanation_.targets = {static_cast<std::size_t>(top - scores.begin())};
  }
  for (BackwardPass& pass : passes_) pass.adopt();
  while (state_.bound.size() > std::max(kBoundComposites, passes_.size())) state_.bound.pop_back();
}

bool ExplainJob::step_denominators() {
  return std::ranges::any_of(passes_, [](BackwardPass& pass) { return pass.step_denominators(); });
}

bool ExplainJob::step_sweeps() {
  return std::ranges::any_of(passes_, [](BackwardPass& pass) { return pass.step_sweep(); });
}

void ExplainJob::start_trials() {
  for (TrialRun& run : trial_runs_) {
    run.start(make_seeds(state_, plan_.beginning, explanation_.targets));
  }
}

bool ExplainJob::step_trials() {
  return std::ranges::any_of(trial_runs_, [](TrialRun& run) { return run.step(); });
}

/// One layer for one target; false when none is left.
bool ExplainJob::step_layers() {
  const std::size_t targets = std::max<std::size_t>(explanation_.targets.size(), 1);
  const std::size_t layer = results_done_ % plan_.layers.size();
  finish_layer(plan_.layers[layer], results_done_ / plan_.layers.size());
  return ++results_done_ < targets * plan_.layers.size();
}

void ExplainJob::finish_layer(ValueId layer, std::size_t target_index) {
  const Graph& graph = state_.program.graph();
  const Value& value = graph.value(layer);
  LayerSignals signals{.value = value,
                       .is_beginning = layer == plan_.beginning.value,
                       .activation = state_.forward->value(layer),
                       .parameters = plan_.method_parameters};
  if (plan_.method->signal != Signal::None) {
    signals.signal = passes_.front().signal(layer, target_index);
    signals.seed = passes_.front().seed(target_index);
    signals.channel_weight = passes_.front().composite().channel_weight;
  }
  if (plan_.wants_gradient_beside()) {
    signals.gradient = passes_.back().signal(layer, target_index);
  }
  if (!trial_runs_.empty()) {
    const TrialRun& run = trial_runs_[results_done_ % plan_.layers.size()];
    signals.trials = run.result(target_index);
    signals.seed = run.seed(target_index);
    signals.raster = raster_of(graph, layer).value_or(Raster());
  }
  const bool has_target = target_index < explanation_.targets.size();
  for (const std::string& kind : plan_.emit) {
    ResultArray result{.method = std::string(plan_.method->name),
                       .layer = value.name,
                       .kind = kind,
                       .target = has_target
                                     ? static_cast<std::int64_t>(explanation_.targets[target_index])
                                     : kNoTarget,
                       .start = std::string(plan_.beginning.name()),
                       .composite = plan_.composite.name,
                       .shape = {},
                       .data = {}};
    if (fill(result, signals, *plan_.method, graph.value(graph.inputs.front()))) {
      explanation_.results.push_back(std::move(result));
    }
  }
}

ExplainJob::Phase ExplainJob::advance(Phase phase) {
  switch (phase) {
    case Phase::Forward:
      if (state_.step_forward()) return Phase::Forward;
      choose_targets();
      return Phase::Bind;
    case Phase::Bind:
      if (step_denominators()) return Phase::Bind;
      for (BackwardPass& pass : passes_) pass.start_sweep(explanation_.targets);
      return Phase::Backward;
    case Phase::Backward:
      if (step_sweeps()) return Phase::Backward;
      start_trials();
      return trial_runs_.empty() ? Phase::Cam : Phase::Trials;
    case Phase::Trials: return step_trials() ? Phase::Trials : Phase::Cam;
    case Phase::Cam:
      if (step_layers()) return Phase::Cam;
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
    case Phase::Bind: return "bind";
    case Phase::Backward: return "backward";
    case Phase::Trials: return "trials";
    case Phase::Cam:
    case Phase::Done: return "cam";
  }
  return "cam";
}

Progress ExplainJob::progress() const {
  std::size_t done = results_done_;
  std::size_t total = plan_.layers.size() * std::max<std::size_t>(explanation_.targets.size(), 1);
  if (phase_ == Phase::Forward) {
    done = state_.forward->done();
    total = state_.forward->plan().steps().size();
  }
  if (phase_ == Phase::Bind || phase_ == Phase::Backward) {
    done = 0;
    total = 0;
    for (const BackwardPass& pass : passes_) {
      total += pass.nodes();
      done += phase_ == Phase::Bind ? pass.denominators_done() : pass.sweep_done();
    }
  }
  if (phase_ == Phase::Trials) {
    done = 0;
    total = 0;
    for (const TrialRun& run : trial_runs_) {
      total += run.total();
      done += run.done();
    }
  }
  return {.phase = std::string(name_of(phase_)), .done = done, .total = total};
}

}  // namespace

std::unique_ptr<Job> make_explain_job(Session::State& state, const ExplainRequest& request) {
  return std::make_unique<ExplainJob>(state, request);
}

}  // namespace relcam
