#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/error.h"
#include "methods/method.h"
#include "session/backward_pass.h"
#include "session/diagnosis.h"
#include "session/explain_request.h"
#include "session/ledger.h"
#include "session/result_arrays.h"
#include "session/state.h"
#include "session/tensor_order.h"

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
  std::vector<float> scores_of(ValueId id) const;
  void choose_targets();
  bool step_denominators();
  void start_sweeps();
  bool step_sweeps();
  bool step_layers();
  void finish_layer(ValueId layer, std::size_t target_index);
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
  Explanation explanation_;
  std::vector<float> scores_;  ///< of the tensor that relevance begins at, in ONNX order
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
  while (state_.bound.size() > std::max(kBoundComposites, passes_.size())) state_.bound.pop_back();
}

bool ExplainJob::step_denominators() {
  return std::ranges::any_of(passes_, [](BackwardPass& pass) { return pass.step_denominators(); });
}

/// The ledger is the method's; a gradient beside it has none.
void ExplainJob::start_sweeps() {
  for (BackwardPass& pass : passes_) {
    pass.start_sweep(explanation_.targets, plan_.ledger && &pass == &passes_.front());
  }
}

bool ExplainJob::step_sweeps() {
  return std::ranges::any_of(passes_, [](BackwardPass& pass) { return pass.step_sweep(); });
}

/// One layer for one target; false when none is left.
bool ExplainJob::step_layers() {
  const std::size_t targets = target_count();
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
  if (!passes_.empty()) {
    signals.signal = passes_.front().signal(layer, target_index);
    signals.seed = passes_.front().seed(target_index);
    signals.channel_weight = passes_.front().composite().channel_weight;
  }
  if (passes_.size() > 1) signals.gradient = passes_[1].signal(layer, target_index);
  const std::int64_t target = target_of(target_index);
  if (plan_.asks_for_map()) {
    signals.map = make_map(signals, *plan_.method);
    report(replace_non_finite(value.name, "weights", signals.map.weights), target);
    report(replace_non_finite(value.name, "cam", signals.map.map), target);
    report(diagnose_map(value.name, signals.map.map), target);
  }
  for (const std::string& kind : plan_.emit) {
    ResultArray result{.method = std::string(plan_.method->name),
                       .layer = value.name,
                       .kind = kind,
                       .target = target,
                       .start = std::string(plan_.beginning.name()),
                       .composite = plan_.composite.name,
                       .shape = {},
                       .data = {}};
    if (fill(result, signals, *plan_.method, graph.value(graph.inputs.front()))) {
      report(replace_non_finite(value.name, kind, result.data), target);
      explanation_.results.push_back(std::move(result));
    }
  }
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
  if (!passes_.empty()) report(diagnose_batch_norms(passes_.front().binding()));
  for (std::size_t i = 0; i < explanation_.targets.size(); ++i) {
    report(diagnose_target(scores_, explanation_.targets[i]), target_of(i));
  }
  if (passes_.empty()) return;
  const BackwardPass& pass = passes_.front();
  for (std::size_t i = 0; i < target_count(); ++i) {
    report(diagnose_vanished(pass.binding(), pass.vanished(i)), target_of(i));
  }
}

void ExplainJob::write_ledger() {
  const BackwardPass& pass = passes_.front();
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
    case Phase::Bind:
      if (step_denominators()) return Phase::Bind;
      start_sweeps();
      return Phase::Backward;
    case Phase::Backward:
      if (step_sweeps()) return Phase::Backward;
      diagnose_sweeps();
      if (plan_.ledger) write_ledger();
      return Phase::Cam;
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
  std::size_t total = plan_.layers.size() * target_count();
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
