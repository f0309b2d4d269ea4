#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "methods/method.h"
#include "session/backward_pass.h"
#include "session/explain_request.h"
#include "session/result_arrays.h"
#include "session/state.h"

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
  enum class Phase : std::uint8_t { Forward, Bind, Backward, Cam, Done };

  static std::string_view name_of(Phase phase);
  void add_pass(Beginning beginning, CompositeChoice composite);
  void request_forward();
  void choose_targets();
  bool step_denominators();
  bool step_sweeps();
  bool step_layers();
  void finish_layer(ValueId layer, std::size_t target_index);
  void fuse_layers();
  ResultArray result_for(std::string_view layer, const std::string& kind,
                         std::size_t target_index) const;
  Phase advance(Phase phase);

  Session::State& state_;
  ExplainPlan plan_;
  std::vector<BackwardPass> passes_;
  Explanation explanation_;
  Phase phase_ = Phase::Forward;
  std::size_t results_done_ = 0;
  std::vector<ResultArray> to_fuse_;  ///< maps of the target at hand, but for the last scaling
};

ExplainJob::ExplainJob(Session::State& state, const ExplainRequest& request)
    : state_(state), plan_(plan_explanation(state, request)) {
  if (plan_.method->signal != Signal::None) add_pass(plan_.beginning, plan_.composite);
  if (plan_.wants_gradient_beside()) {
    Beginning one_hot = plan_.beginning;
    if (one_hot.start != nullptr) one_hot.start = &find_start("one-hot");
    add_pass(std::move(one_hot), {.name = "gradient", .settings = {}});
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

/// One layer for one target; false when none is left.
bool ExplainJob::step_layers() {
  const std::size_t targets = std::max<std::size_t>(explanation_.targets.size(), 1);
  const std::size_t layer = results_done_ % plan_.layers.size();
  const std::size_t target_index = results_done_ / plan_.layers.size();
  finish_layer(plan_.layers[layer], target_index);
  if (layer + 1 == plan_.layers.size()) fuse_layers();
  return ++results_done_ < targets * plan_.layers.size();
}

ResultArray ExplainJob::result_for(std::string_view layer, const std::string& kind,
                                   std::size_t target_index) const {
  const bool has_target = target_index < explanation_.targets.size();
  return {.method = std::string(plan_.method->name),
          .layer = std::string(layer),
          .kind = kind,
          .target = has_target ? static_cast<std::int64_t>(explanation_.targets[target_index])
                               : kNoTarget,
          .start = std::string(plan_.beginning.name()),
          .composite = plan_.composite.name,
          .shape = {},
          .data = {}};
}

void ExplainJob::finish_layer(ValueId layer, std::size_t target_index) {
  const Graph& graph = state_.program.graph();
  const Value& value = graph.value(layer);
  const Value& input = graph.value(graph.inputs.front());
  LayerSignals signals{.value = value,
                       .is_beginning = layer == plan_.beginning.value,
                       .activation = state_.forward->value(layer),
                       .parameters = plan_.method_parameters,
                       .evidence = plan_.evidence};
  if (plan_.method->signal != Signal::None) {
    signals.signal = passes_.front().signal(layer, target_index);
    signals.seed = passes_.front().seed(target_index);
    signals.channel_weight = passes_.front().composite().channel_weight;
  }
  if (plan_.wants_gradient_beside()) {
    signals.gradient = passes_.back().signal(layer, target_index);
  }
  for (const std::string& kind : plan_.emit) {
    ResultArray result = result_for(value.name, kind, target_index);
    if (fill(result, signals, *plan_.method, input)) {
      explanation_.results.push_back(std::move(result));
    }
  }
  if (plan_.fusion == Fusion::None) return;
  ResultArray scaled = result_for(kFusionLayer, "scaled", target_index);
  if (fill_resized(scaled, signals, *plan_.method, input)) to_fuse_.push_back(std::move(scaled));
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
    case Phase::Backward: return step_sweeps() ? Phase::Backward : Phase::Cam;
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
  return {.phase = std::string(name_of(phase_)), .done = done, .total = total};
}

}  // namespace

std::unique_ptr<Job> make_explain_job(Session::State& state, const ExplainRequest& request) {
  return std::make_unique<ExplainJob>(state, request);
}

}  // namespace relcam
