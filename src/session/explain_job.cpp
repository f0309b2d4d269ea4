#include <algorithm>
#include <chrono>
#include <optional>

#include "base/error.h"
#include "cam/finish.h"
#include "cam/method.h"
#include "session/layers.h"
#include "session/result_arrays.h"
#include "session/state.h"
#include "starts/start.h"

namespace relcam {

namespace {

/// How many bound composites keep their denominators: the method at hand and the one it is
/// compared with.
constexpr std::size_t kBoundComposites = 2;

constexpr std::string_view kKinds[] = {"cam",        "scaled",   "relevance", "weights",
                                       "activation", "gradient", "seed"};

void check_kinds(const std::vector<std::string>& emit) {
  for (const std::string& kind : emit) {
    if (std::ranges::find(kKinds, kind) != std::end(kKinds)) continue;
    std::string valid;
    for (const std::string_view known : kKinds) {
      valid += (valid.empty() ? "" : ", ") + std::string(known);
    }
    throw Error(ErrorCode::InvalidOption, "there is no result kind '" + kind + "'; valid: " + valid,
                "emit");
  }
}

bool asks_for(const ExplainRequest& request, std::string_view kind) {
  return std::ranges::find(request.emit, kind) != request.emit.end();
}

std::string key_of(std::string_view composite, const Parameters& parameters,
                   const std::vector<ValueId>& layers) {
  std::string key(composite);
  for (const auto& [name, value] : parameters) key += '|' + name + '=' + value;
  for (const ValueId layer : layers) key += '|' + std::to_string(layer);
  return key;
}

/// One backward sweep of the request.
struct Pass {
  std::string start;
  std::string composite;
  Parameters parameters;
  BoundComposite* bound = nullptr;
  std::optional<Sweep> sweep = {};
};

class ExplainJob final : public Job {
 public:
  ExplainJob(Session::State& state, const ExplainRequest& request);

  bool step() override;
  Progress progress() const override;

 private:
  enum class Phase : std::uint8_t { Forward, Bind, Backward, Cam, Done };

  static std::string_view name_of(Phase phase);
  void check_layers() const;
  void check_target() const;
  void add_pass(std::string start, std::string composite, Parameters parameters);
  BoundComposite bind(const Pass& pass) const;
  void request_forward();
  void adopt(Pass& pass);
  void choose_target();
  void start_sweeps();
  bool step_denominations();
  bool step_sweeps();
  void finish_layer(ValueId layer);
  Phase advance(Phase phase);

  Session::State& state_;
  ExplainRequest request_;
  CamMethod method_;
  std::vector<ValueId> layers_;
  std::vector<Pass> passes_;
  std::list<BoundComposite> fresh_;
  Explanation explanation_;
  Phase phase_ = Phase::Forward;
  std::size_t next_layer_ = 0;
};

ExplainJob::ExplainJob(Session::State& state, const ExplainRequest& request)
    : state_(state), request_(request), method_(find_method(request.method)) {
  check_kinds(request.emit);
  check_target();
  layers_ = resolve_layers(state.program, state.logits, request.layers);
  check_layers();
  const auto either = [](const std::string& given, std::string_view fallback) {
    return given.empty() ? std::string(fallback) : given;
  };
  add_pass(either(request.start, method_.default_start),
           either(request.composite, method_.default_composite), request.parameters);
  if (method_.signal == Signal::Relevance && asks_for(request, "gradient")) {
    add_pass("one-hot", "gradient", {});
  }
  request_forward();
}

void ExplainJob::check_target() const {
  if (!request_.target || *request_.target < state_.info.classes) return;
  throw Error(ErrorCode::UnknownClass,
              "class " + std::to_string(*request_.target) + " does not exist: the model has " +
                  std::to_string(state_.info.classes) + " classes, counted from 0",
              "target");
}

void ExplainJob::check_layers() const {
  if (!asks_for(request_, "cam") && !asks_for(request_, "scaled")) return;
  for (const ValueId layer : layers_) {
    const Value& value = state_.program.graph().value(layer);
    if (layer == state_.logits || spatial_extent(value)) continue;
    throw Error(ErrorCode::UnknownLayer,
                "the layer '" + value.name +
                    "' has no two spatial axes, so that no map can be made of it; layers() or "
                    "`inspect` lists those that have",
                value.name);
  }
}

void ExplainJob::add_pass(std::string start, std::string composite, Parameters parameters) {
  find_start(start);
  Pass pass{.start = std::move(start),
            .composite = std::move(composite),
            .parameters = std::move(parameters)};
  const std::string key = key_of(pass.composite, pass.parameters, layers_);
  const bool known =
      std::ranges::find(state_.bound, key, &BoundComposite::key) != state_.bound.end();
  if (!known) fresh_.push_back(bind(pass));
  passes_.push_back(std::move(pass));
}

BoundComposite ExplainJob::bind(const Pass& pass) const {
  return {
      .key = key_of(pass.composite, pass.parameters, layers_),
      .binding = std::make_unique<Binding>(
          state_.program, make_composite(pass.composite, pass.parameters), state_.logits, layers_),
      .denomination = nullptr};
}

void ExplainJob::request_forward() {
  std::vector<bool> kept(state_.program.graph().values.size(), false);
  for (const ValueId layer : layers_) kept[static_cast<std::size_t>(layer)] = true;
  for (const BoundComposite& bound : fresh_) bound.binding->mark_reads(kept);
  for (const BoundComposite& bound : state_.bound) bound.binding->mark_reads(kept);
  state_.request_forward(std::move(kept));
  explanation_.reused_forward = state_.forward_valid;
}

/// Finds the pass's bound composite among those of earlier requests, or adds it to them. A new
/// forward pass has dropped them all.
void ExplainJob::adopt(Pass& pass) {
  const std::string key = key_of(pass.composite, pass.parameters, layers_);
  const auto by_key = [&](std::list<BoundComposite>& list) {
    return std::ranges::find(list, key, &BoundComposite::key);
  };
  if (const auto known = by_key(state_.bound); known != state_.bound.end()) {
    state_.bound.splice(state_.bound.begin(), state_.bound, known);
  } else if (const auto fresh = by_key(fresh_); fresh != fresh_.end()) {
    state_.bound.splice(state_.bound.begin(), fresh_, fresh);
  } else {
    state_.bound.push_front(bind(pass));
  }
  pass.bound = &state_.bound.front();
  if (!pass.bound->denomination) {
    pass.bound->denomination =
        std::make_unique<Denomination>(*pass.bound->binding, *state_.forward, state_.pixels);
  }
}

void ExplainJob::choose_target() {
  const auto logits = state_.forward->value(state_.logits);
  explanation_.logits.assign(logits.begin(), logits.end());
  const auto top = std::ranges::max_element(explanation_.logits);
  explanation_.target =
      request_.target.value_or(static_cast<std::size_t>(top - explanation_.logits.begin()));
  for (Pass& pass : passes_) adopt(pass);
  while (state_.bound.size() > std::max(kBoundComposites, passes_.size())) state_.bound.pop_back();
}

void ExplainJob::start_sweeps() {
  for (Pass& pass : passes_) {
    pass.sweep.emplace(*pass.bound->denomination,
                       find_start(pass.start).seeds(explanation_.logits, explanation_.target));
  }
}

bool ExplainJob::step_denominations() {
  for (Pass& pass : passes_) {
    if (pass.bound->denomination->finished()) continue;
    pass.bound->denomination->step();
    return true;
  }
  return false;
}

bool ExplainJob::step_sweeps() {
  for (Pass& pass : passes_) {
    if (pass.sweep->finished()) continue;
    pass.sweep->step();
    return true;
  }
  return false;
}

void ExplainJob::finish_layer(ValueId layer) {
  const Value& value = state_.program.graph().value(layer);
  const Pass& pass = passes_.front();
  const Combination combination = find_start(pass.start).combination;
  LayerSignals signals{
      .value = value,
      .is_logits = layer == state_.logits,
      .activation = state_.forward->value(layer),
      .signal = combined(*pass.sweep, combination, layer, value),
      .gradient = {},
      .seed = find_start(pass.start).seeds(explanation_.logits, explanation_.target).front(),
      .channel_weight = pass.bound->binding->composite().channel_weight};
  if (passes_.size() > 1) {
    signals.gradient = combined(*passes_[1].sweep, Combination::Single, layer, value);
  }
  const Value& input = state_.program.graph().value(state_.program.graph().inputs.front());
  for (const std::string& kind : request_.emit) {
    ResultArray result{.method = request_.method,
                       .layer = value.name,
                       .kind = kind,
                       .target = explanation_.target,
                       .start = pass.start,
                       .composite = pass.composite,
                       .shape = {},
                       .data = {}};
    if (fill(result, signals, method_, input)) explanation_.results.push_back(std::move(result));
  }
}

ExplainJob::Phase ExplainJob::advance(Phase phase) {
  switch (phase) {
    case Phase::Forward:
      if (state_.step_forward()) return Phase::Forward;
      choose_target();
      return Phase::Bind;
    case Phase::Bind:
      if (step_denominations()) return Phase::Bind;
      start_sweeps();
      return Phase::Backward;
    case Phase::Backward: return step_sweeps() ? Phase::Backward : Phase::Cam;
    case Phase::Cam:
      finish_layer(layers_[next_layer_++]);
      if (next_layer_ < layers_.size()) return Phase::Cam;
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
  std::size_t done = 0;
  std::size_t total = layers_.size();
  if (phase_ == Phase::Forward) {
    done = state_.forward->done();
    total = state_.forward->plan().steps().size();
  }
  if (phase_ == Phase::Bind || phase_ == Phase::Backward) {
    total = 0;
    for (const Pass& pass : passes_) {
      total += pass.bound->binding->nodes().size();
      done += phase_ == Phase::Bind ? pass.bound->denomination->done() : pass.sweep->done();
    }
  }
  if (phase_ == Phase::Cam || phase_ == Phase::Done) done = next_layer_;
  return {.phase = std::string(name_of(phase_)), .done = done, .total = total};
}

}  // namespace

std::unique_ptr<Job> make_explain_job(Session::State& state, const ExplainRequest& request) {
  return std::make_unique<ExplainJob>(state, request);
}

}  // namespace relcam
