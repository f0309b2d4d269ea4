#include "session/trial_run.h"

#include <algorithm>

#include "base/error.h"
#include "base/short_step.h"
#include "session/describe.h"
#include "session/layers.h"

namespace relcam {

namespace {

/// Samples of a batch, and floats of memory it may take; one sample always runs.
constexpr std::size_t kMostSamples = 8;
constexpr std::size_t kMostFloats = std::size_t{1} << 25U;

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

/// What one sample takes at a node. An element takes as long to write as it takes to multiply a
/// few.
std::size_t products_of(const Program& program, std::size_t node) {
  constexpr std::size_t kProductsPerElement = 16;
  auto products = static_cast<std::size_t>(macs_of(program, program.node(node)));
  for (const ValueId output : program.node(node).outputs) {
    if (output != kNoValue) products += kProductsPerElement * program.value_size(output);
  }
  return std::max<std::size_t>(products, 1);
}

}  // namespace

TrialRun::TrialRun(Session::State& state, const ExplainPlan& plan, ValueId layer)
    : state_(&state),
      plan_(&plan),
      layer_(layer),
      altered_(plan.method->rerun.altered == Altered::Layer
                   ? layer
                   : state.program.graph().inputs.front()) {
  if (plan.method->rerun.gradients) {
    binding_ = std::make_unique<Binding>(
        state.program, make_composite(plan.composite.name, plan.composite.settings),
        plan.beginning.value, std::vector{layer});
  }
  forward_plan_.emplace(state.program, kept_values(), Restart{.from = altered_, .samples = 1});
  const std::size_t samples = choose_samples();
  forward_plan_.emplace(state.program, kept_values(), Restart{altered_, samples});
  if (forward_plan_->computes(plan.beginning.value)) return;
  const std::string& name = state.program.graph().value(altered_).name;
  throw Error(ErrorCode::UnknownLayer, "the class scores do not depend on the layer '" + name + "'",
              name);
}

std::vector<bool> TrialRun::kept_values() const {
  std::vector<bool> kept(state_->program.graph().values.size(), false);
  kept[at(plan_->beginning.value)] = true;
  if (binding_) binding_->mark_reads(kept);
  return kept;
}

/// As many as memory allows and, with gradients, as go back through the largest node in one step:
/// that takes as long as twice as many do forward. A Sweep would cut any stack by itself, but knows
/// the products of convolutions only; here those of every operator count.
std::size_t TrialRun::choose_samples() const {
  const std::size_t floats = std::max<std::size_t>(forward_plan_->arena_size(), 1);
  std::size_t samples = std::min(kMostSamples, kMostFloats / floats);
  for (std::size_t i = 0; binding_ && i < binding_->nodes().size(); ++i) {
    const std::size_t node = binding_->nodes()[i].node;
    samples = std::min(samples, kStepProducts / 2 / products_of(state_->program, node));
  }
  return std::max<std::size_t>(samples, 1);
}

void TrialRun::mark_reads(std::vector<bool>& kept) const {
  kept[at(layer_)] = true;
  kept[at(altered_)] = true;
  kept[at(plan_->beginning.value)] = true;
  forward_plan_->mark_borrowed(state_->program, kept);
}

TrialInput TrialRun::trial_input(std::size_t target_index) const {
  const Graph& graph = state_->program.graph();
  const ForwardPass& forward = *state_->forward;
  const ValueId input = graph.inputs.front();
  return {.input = forward.value(input),
          .input_raster = raster_of(graph, input).value_or(Raster()),
          .activation = forward.value(layer_),
          .layer_raster = raster_of(graph, layer_).value_or(Raster()),
          .seed = seeds_[target_index],
          .scores = forward.value(plan_->beginning.value),
          .parameters = plan_->method_parameters};
}

void TrialRun::start(std::vector<std::vector<float>> seeds) {
  seeds_ = std::move(seeds);
  for (std::size_t i = 0; i < seeds_.size(); ++i) {
    trials_.push_back(plan_->method->rerun.make(trial_input(i)));
  }
}

void TrialRun::begin_batch() {
  if (!pass_) {
    pass_ = std::make_unique<ForwardPass>(state_->program, *forward_plan_, *state_->forward);
  }
  pass_->restart(std::min(forward_plan_->samples(), total() - first_));
  altered_samples_ = 0;
}

void TrialRun::alter_sample() {
  if (altered_samples_ == 0) begin_batch();
  const std::span<const float> unaltered = state_->forward->value(altered_);
  const std::span<float> values =
      pass_->input(altered_).subspan(altered_samples_ * unaltered.size(), unaltered.size());
  std::ranges::copy(unaltered, values.begin());
  trials_.front()->alter(first_ + altered_samples_, values);
  ++altered_samples_;
}

void TrialRun::step_forward() {
  const std::size_t node = pass_->plan().steps()[pass_->done()].node;
  // Small convolutions transform their weights for the batch besides.
  constexpr std::size_t kForwardProducts = kStepProducts / 4 * 3;
  pass_->step(std::max<std::size_t>(kForwardProducts / products_of(state_->program, node), 1));
}

void TrialRun::begin_sweep() {
  if (!denomination_) {
    denomination_ = std::make_unique<Denomination>(*binding_, *pass_, state_->pixels);
  }
  sweep_.emplace(*denomination_, std::vector(pass_->samples(), seeds_[target_]));
}

void TrialRun::take() {
  const std::size_t samples = pass_->samples();
  const std::span<const float> scores = pass_->value(plan_->beginning.value);
  const std::span<const float> gradients =
      sweep_ ? sweep_->relevance(layer_) : std::span<const float>();
  const std::size_t scores_size = scores.size() / samples;
  const std::size_t gradient_size = gradients.size() / samples;
  for (std::size_t k = 0; k < samples; ++k) {
    trials_[target_]->take(first_ + k,
                           {.scores = scores.subspan(k * scores_size, scores_size),
                            .gradient = gradients.subspan(k * gradient_size, gradient_size)});
  }
  sweep_.reset();
}

TrialRun::Stage TrialRun::advance() {
  switch (stage_) {
    case Stage::Alter:
      alter_sample();
      return altered_samples_ < pass_->samples() ? Stage::Alter : Stage::Forward;
    case Stage::Forward:
      if (!pass_->finished()) step_forward();
      if (!pass_->finished()) return Stage::Forward;
      return binding_ ? Stage::Backward : Stage::Take;
    case Stage::Backward:
      if (!sweep_) begin_sweep();
      return take_step(*sweep_) ? Stage::Backward : Stage::Take;
    case Stage::Take:
      take();
      if (++target_ < trials_.size()) return binding_ ? Stage::Backward : Stage::Take;
      target_ = 0;
      first_ += pass_->samples();
      altered_samples_ = 0;
      denomination_.reset();
      return Stage::Alter;
  }
  return stage_;
}

bool TrialRun::step() {
  if (done() == total()) return false;
  stage_ = advance();
  if (done() == total()) pass_.reset();
  return true;
}

}  // namespace relcam
