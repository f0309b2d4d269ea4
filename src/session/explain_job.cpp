#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include "base/error.h"
#include "methods/method.h"
#include "session/backward_pass.h"
#include "session/curvature.h"
#include "session/diagnosis.h"
#include "session/explain_request.h"
#include "session/layers.h"
#include "session/ledger.h"
#include "session/result_arrays.h"
#include "session/state.h"
#include "session/tensor_order.h"
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
  enum class Phase : std::uint8_t { Forward, Bind, Tangent, Backward, Trials, Cam, Done };
  /// What a backward pass is for.
  enum class Role : std::uint8_t { Signal, Gradient, Guide, Curvature };

  static std::string_view name_of(Phase phase);
  void add_pass(Role role, Beginning beginning, CompositeChoice composite,
                std::vector<ValueId> layers);
  std::vector<ValueId> signal_layers() const;
  std::vector<std::size_t> biased_nodes(ValueId layer) const;
  BackwardPass* pass_for(Role role);
  void request_forward();
  std::vector<float> scores_of(ValueId id) const;
  void choose_targets();
  bool step_denominators();
  void start_sweeps();
  bool step_sweeps();
  void start_trials();
  bool step_trials();
  bool step_layers();
  void finish_layer(ValueId layer, std::size_t target_index);
  void fuse_layers();
  ResultArray result_for(std::string_view layer, const std::string& kind,
                         std::size_t target_index) const;
  /// A seed counts as one.
  std::size_t target_count() const { return std::max<std::size_t>(explanation_.targets.size(), 1); }
  /// The class of target number `index`; kNoTarget after a seed.
  std::int64_t target_of(std::size_t index) const;
  void diagnose_sweeps();
  void write_ledger();
  void report(std::optional<Diagnosis> diagnosis, std::int64_t target = kNoTarget);
  Phase advance(Phase phase);

  Session::State& state_;
  ExplainPlan plan_;
  std::vector<BackwardPass> passes_;
  std::vector<Role> roles_;  ///< of the passes
  std::optional<Curvature> curvature_;
  std::vector<TrialRun> trial_runs_;  ///< one per layer, for methods that run the model again
  Explanation explanation_;
  std::vector<float> scores_;  ///< of the tensor that relevance begins at, in ONNX order
  Phase phase_ = Phase::Forward;
  std::size_t results_done_ = 0;
  std::vector<ResultArray> to_fuse_;  ///< maps of the target at hand, but for the last scaling
};

ExplainJob::ExplainJob(Session::State& state, const ExplainRequest& request)
    : state_(state), plan_(plan_explanation(state, request)) {
  if (plan_.method->signal != Signal::None) {
    add_pass(Role::Signal, plan_.beginning, plan_.composite, signal_layers());
  }
  if (plan_.wants_gradient_beside()) {
    Beginning one_hot = plan_.beginning;
    if (one_hot.start != nullptr) one_hot.start = &find_start("one-hot");
    add_pass(Role::Gradient, std::move(one_hot), {.name = "gradient", .settings = {}},
             plan_.layers);
  }
  if (plan_.wants_guide()) {
    add_pass(Role::Guide, plan_.beginning,
             {.name = std::string(plan_.method->guide), .settings = {}},
             {state.program.graph().inputs.front()});
  }
  if (plan_.wants_curvature()) {
    add_pass(Role::Curvature, {.value = plan_.beginning.value},
             {.name = "gradient", .settings = {}}, plan_.layers);
  }
  for (std::size_t i = 0; plan_.method->runs_again() && i < plan_.layers.size(); ++i) {
    trial_runs_.emplace_back(state, plan_, plan_.layers[i]);
  }
  request_forward();
}

void ExplainJob::add_pass(Role role, Beginning beginning, CompositeChoice composite,
                          std::vector<ValueId> layers) {
  passes_.emplace_back(state_, std::move(beginning), std::move(composite), std::move(layers));
  roles_.push_back(role);
}

/// The asked-for layers, and the outputs of biased nodes if the method reads those.
std::vector<ValueId> ExplainJob::signal_layers() const {
  std::vector<ValueId> layers = plan_.layers;
  for (const ValueId layer : plan_.layers) {
    for (const std::size_t node : biased_nodes(layer)) {
      const ValueId output = state_.program.node(node).outputs.front();
      if (std::ranges::find(layers, output) == layers.end()) layers.push_back(output);
    }
  }
  return layers;
}

std::vector<std::size_t> ExplainJob::biased_nodes(ValueId layer) const {
  if (!plan_.method->reads_biases) return {};
  return find_biased_nodes(state_.program, layer, plan_.beginning.value);
}

BackwardPass* ExplainJob::pass_for(Role role) {
  const auto found = std::ranges::find(roles_, role);
  return found == roles_.end() ? nullptr
                               : &passes_[static_cast<std::size_t>(found - roles_.begin())];
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

/// In ONNX order.
std::vector<float> ExplainJob::scores_of(ValueId id) const {
  const Value& value = state_.program.graph().value(id);
  std::vector<float> scores = to_onnx_order(value, state_.forward->value(id));
  check_scores(scores, value.name);
  return scores;
}

void ExplainJob::choose_targets() {
  explanation_.logits = scores_of(state_.logits);
  scores_ = scores_of(plan_.beginning.value);
  explanation_.targets = plan_.targets;
  if (plan_.wants_top_class()) {
    const auto top = std::ranges::max_element(scores_);
    explanation_.targets = {static_cast<std::size_t>(top - scores_.begin())};
  }
  for (BackwardPass& pass : passes_) pass.adopt();
  if (plan_.wants_curvature()) {
    curvature_.emplace(state_, plan_.beginning, plan_.layers, *pass_for(Role::Curvature));
  }
  while (state_.bound.size() > std::max(kBoundComposites, passes_.size())) state_.bound.pop_back();
}

bool ExplainJob::step_denominators() {
  return std::ranges::any_of(passes_, [](BackwardPass& pass) { return pass.step_denominators(); });
}

/// The ledger is the method's; a gradient beside it has none.
void ExplainJob::start_sweeps() {
  for (std::size_t i = 0; i < passes_.size(); ++i) {
    if (roles_[i] == Role::Curvature) continue;
    passes_[i].start_sweep(explanation_.targets, plan_.ledger && roles_[i] == Role::Signal);
  }
  if (curvature_) curvature_->start_sweep(explanation_.targets);
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
  const std::size_t targets = target_count();
  const std::size_t layer = results_done_ % plan_.layers.size();
  const std::size_t target_index = results_done_ / plan_.layers.size();
  finish_layer(plan_.layers[layer], target_index);
  if (layer + 1 == plan_.layers.size()) fuse_layers();
  return ++results_done_ < targets * plan_.layers.size();
}

ResultArray ExplainJob::result_for(std::string_view layer, const std::string& kind,
                                   std::size_t target_index) const {
  return {.method = std::string(plan_.method->name),
          .layer = std::string(layer),
          .kind = kind,
          .target = target_of(target_index),
          .start = std::string(plan_.beginning.name()),
          .composite = plan_.composite.name,
          .shape = {},
          .data = {}};
}

void ExplainJob::finish_layer(ValueId layer, std::size_t target_index) {
  const Graph& graph = state_.program.graph();
  const Value& value = graph.value(layer);
  LayerSignals signals{.graph = graph,
                       .layer = layer,
                       .is_beginning = layer == plan_.beginning.value,
                       .activation = state_.forward->value(layer),
                       .parameters = plan_.method_parameters,
                       .evidence = plan_.evidence};
  if (const BackwardPass* pass = pass_for(Role::Signal); pass != nullptr) {
    signals.signal = pass->signal(layer, target_index);
    signals.seed = pass->seed(target_index);
    signals.channel_weight = pass->composite().channel_weight;
    for (const std::size_t node : biased_nodes(layer)) {
      const ValueId output = state_.program.node(node).outputs.front();
      signals.biases.push_back({.bias = state_.program.prepared(node).operation->linear()->bias(),
                                .raster = *raster_of(graph, output),
                                .signal = pass->signal(output, target_index)});
    }
  }
  if (const BackwardPass* pass = pass_for(Role::Gradient); pass != nullptr) {
    signals.gradient = pass->signal(layer, target_index);
  }
  if (const BackwardPass* pass = pass_for(Role::Guide); pass != nullptr) {
    signals.guide = pass->signal(graph.inputs.front(), target_index);
  }
  if (curvature_) {
    signals.curvature = curvature_->at(results_done_ % plan_.layers.size(), target_index);
  }
  if (!trial_runs_.empty()) {
    const TrialRun& run = trial_runs_[results_done_ % plan_.layers.size()];
    signals.output = run.result(target_index);
    signals.seed = run.seed(target_index);
  }
  const std::int64_t target = target_of(target_index);
  if (CamOutput* output = plan_.makes_maps() ? map_of(signals, *plan_.method) : nullptr;
      output != nullptr) {
    report(replace_non_finite(value.name, "weights", output->weights), target);
    report(replace_non_finite(value.name, "cam", output->map), target);
    report(diagnose_map(value.name, output->map), target);
  }
  for (const std::string& kind : plan_.emit) {
    ResultArray result = result_for(value.name, kind, target_index);
    if (fill(result, signals, *plan_.method)) {
      report(replace_non_finite(value.name, kind, result.data), target);
      explanation_.results.push_back(std::move(result));
    }
  }
  if (plan_.fusion == Fusion::None) return;
  ResultArray scaled = result_for(kFusionLayer, "scaled", target_index);
  if (fill_resized(scaled, signals, *plan_.method)) to_fuse_.push_back(std::move(scaled));
}

/// Adds the map that joins all layers, if any of them had one.
void ExplainJob::fuse_layers() {
  if (to_fuse_.empty()) return;
  std::vector<std::vector<float>> maps;
  for (ResultArray& scaled : to_fuse_) maps.push_back(std::move(scaled.data));
  ResultArray fused = std::move(to_fuse_.front());
  fused.data = fuse(maps, plan_.fusion);
  scale_evidence(fused.data, plan_.evidence);
  explanation_.results.push_back(std::move(fused));
  to_fuse_.clear();
}

std::int64_t ExplainJob::target_of(std::size_t index) const {
  return index < explanation_.targets.size()
             ? static_cast<std::int64_t>(explanation_.targets[index])
             : kNoTarget;
}

void ExplainJob::report(std::optional<Diagnosis> diagnosis, std::int64_t target) {
  if (!diagnosis) return;
  diagnosis->target = target;
  explanation_.diagnoses.push_back(std::move(*diagnosis));
}

/// What is known before any map is made.
void ExplainJob::diagnose_sweeps() {
  if (plan_.beginning.value == state_.logits) {
    report(diagnose_softmax(state_.program, state_.logits));
  }
  BackwardPass* pass = pass_for(Role::Signal);
  if (pass != nullptr) report(diagnose_batch_norms(pass->binding()));
  for (std::size_t i = 0; i < explanation_.targets.size(); ++i) {
    report(diagnose_target(scores_, explanation_.targets[i]), target_of(i));
  }
  for (std::size_t i = 0; pass != nullptr && i < target_count(); ++i) {
    report(diagnose_vanished(pass->binding(), pass->vanished(i)), target_of(i));
  }
}

void ExplainJob::write_ledger() {
  const BackwardPass& pass = *pass_for(Role::Signal);
  for (std::size_t i = 0; i < target_count(); ++i) {
    std::ranges::move(ledger_of(pass.binding(), pass.accounts(i), target_of(i)),
                      std::back_inserter(explanation_.ledger));
  }
}

ExplainJob::Phase ExplainJob::advance(Phase phase) {
  switch (phase) {
    case Phase::Forward:
      if (state_.step_forward()) return Phase::Forward;
      choose_targets();
      return Phase::Bind;
    case Phase::Bind: return step_denominators() ? Phase::Bind : Phase::Tangent;
    case Phase::Tangent:
      if (curvature_ && curvature_->step_tangent()) return Phase::Tangent;
      start_sweeps();
      return Phase::Backward;
    case Phase::Backward:
      if (step_sweeps()) return Phase::Backward;
      diagnose_sweeps();
      if (plan_.ledger) write_ledger();
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
    case Phase::Tangent:
    case Phase::Backward: return "backward";
    case Phase::Trials: return "trials";
    case Phase::Cam:
    case Phase::Done: return "cam";
  }
  return "cam";
}

Progress ExplainJob::progress() const {
  std::size_t done = results_done_;
  std::size_t total = plan_.layers.size() * target_count();
  if (phase_ == Phase::Forward) {
    done = state_.forward->done();
    total = state_.forward->plan().steps().size();
  }
  if (phase_ == Phase::Tangent) {
    done = curvature_ ? curvature_->done() : 0;
    total = curvature_ ? curvature_->total() : 0;
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
