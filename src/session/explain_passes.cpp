#include "session/explain_passes.h"

#include <algorithm>

#include "session/layers.h"

namespace relcam {

namespace {

/// How many bound composites keep their denominators: the method at hand and the one it is
/// compared with.
constexpr std::size_t kBoundComposites = 2;

CompositeChoice named(std::string_view name) { return {.name = std::string(name)}; }

}  // namespace

ExplainPasses::ExplainPasses(Session::State& state, const ExplainPlan& plan)
    : state_(&state), plan_(&plan) {
  if (plan.sweeps_signal()) {
    add(Role::Signal, plan.beginning, plan.composite, signal_layers());
  }
  if (plan.wants_gradient_beside() || plan.method->attention.gradient) {
    Beginning one_hot = plan.beginning;
    if (one_hot.start != nullptr) one_hot.start = &find_start("one-hot");
    add(Role::Gradient, std::move(one_hot), named("gradient"),
        plan.method->attends() ? plan.attention.weights() : plan.layers);
  }
  if (plan.method->attention.scores_blocks) {
    block_gradients_.emplace(state, plan.attention, plan.beginning,
                             plan.method_parameters.text("score") == "mean-tokens");
  }
  if (plan.wants_guide()) {
    add(Role::Guide, plan.beginning, named(plan.method->guide),
        {state.program.graph().inputs.front()});
  }
  if (plan.wants_curvature()) {
    add(Role::Curvature, {.value = plan.beginning.value}, named("gradient"), plan.layers);
  }
}

void ExplainPasses::add(Role role, Beginning beginning, CompositeChoice composite,
                        std::vector<ValueId> layers) {
  passes_.push_back(
      {role, BackwardPass(*state_, std::move(beginning), std::move(composite), std::move(layers))});
}

const BackwardPass* ExplainPasses::find(Role role) const {
  const auto found = std::ranges::find(passes_, role, &Pass::role);
  return found == passes_.end() ? nullptr : &found->sweep;
}

std::vector<std::size_t> ExplainPasses::biased_nodes(ValueId layer) const {
  if (!plan_->method->reads_biases) return {};
  return find_biased_nodes(state_->program, layer, plan_->beginning.value);
}

/// The asked-for layers, and the outputs of biased nodes if the method reads those.
std::vector<ValueId> ExplainPasses::signal_layers() const {
  std::vector<ValueId> layers =
      plan_->method->attends() ? plan_->attention.weights() : plan_->layers;
  if (plan_->attention.reads_image) layers.push_back(state_->program.graph().inputs.front());
  for (const ValueId layer : plan_->layers) {
    for (const std::size_t node : biased_nodes(layer)) {
      const ValueId output = state_->program.node(node).outputs.front();
      if (std::ranges::find(layers, output) == layers.end()) layers.push_back(output);
    }
  }
  return layers;
}

void ExplainPasses::mark_reads(std::vector<bool>& kept) const {
  for (const Pass& pass : passes_) pass.sweep.mark_reads(kept);
  for (const ValueId weights : plan_->attention.weights()) {
    kept[static_cast<std::size_t>(weights)] = true;
  }
  if (block_gradients_) block_gradients_->mark_reads(kept);
}

void ExplainPasses::adopt() {
  for (Pass& pass : passes_) pass.sweep.adopt();
  std::list<BoundComposite>& bound = state_->bound;
  while (bound.size() > std::max(kBoundComposites, passes_.size())) bound.pop_back();
  const auto pass = std::ranges::find(passes_, Role::Curvature, &Pass::role);
  if (pass != passes_.end()) {
    curvature_.emplace(*state_, plan_->beginning, plan_->layers, pass->sweep);
  }
}

bool ExplainPasses::step_tangent() { return curvature_ && curvature_->step_tangent(); }

/// The ledger is the method's; a gradient beside it has none.
void ExplainPasses::start_sweeps(const std::vector<std::size_t>& targets) {
  for (Pass& pass : passes_) {
    if (pass.role == Role::Curvature) continue;
    pass.sweep.start_sweep(targets, plan_->ledger && pass.role == Role::Signal);
  }
  if (curvature_) curvature_->start_sweep(targets);
  if (block_gradients_) block_gradients_->start(targets);
}

bool ExplainPasses::step_sweeps() {
  return std::ranges::any_of(passes_, [](Pass& pass) { return pass.sweep.step_sweep(); }) ||
         (block_gradients_ && block_gradients_->step());
}

Count ExplainPasses::tangents() const { return curvature_ ? curvature_->tangents() : Count(); }

Count ExplainPasses::sweeps() const {
  Count count;
  for (const Pass& pass : passes_) count += pass.sweep.sweep();
  if (block_gradients_) count += block_gradients_->nodes();
  return count;
}

void ExplainPasses::add_to(LayerSignals& signals, std::size_t layer,
                           std::size_t target_index) const {
  if (method_pass() != nullptr) add_method_signal(signals, target_index);
  if (const BackwardPass* pass = find(Role::Gradient); pass != nullptr) {
    signals.gradient = pass->signal(signals.layer, target_index);
  }
  if (const BackwardPass* pass = find(Role::Guide); pass != nullptr) {
    signals.guide = pass->signal(signals.graph.inputs.front(), target_index);
  }
  if (curvature_) signals.curvature = curvature_->at(layer, target_index);
  if (block_gradients_) {
    signals.signal = block_gradients_->at(plan_->attention.blocks.size() - 1, target_index);
  }
}

FloatValues ExplainPasses::attention_signal(std::size_t block, std::size_t target_index) const {
  if (block_gradients_) return block_gradients_->at(block, target_index);
  if (method_pass() == nullptr) return {};
  return method_pass()->signal(plan_->attention.blocks[block].weights, target_index);
}

FloatValues ExplainPasses::attention_gradient(std::size_t block, std::size_t target_index) const {
  const BackwardPass* pass = find(Role::Gradient);
  if (pass == nullptr) return {};
  return pass->signal(plan_->attention.blocks[block].weights, target_index);
}

FloatValues ExplainPasses::image_signal(std::size_t target_index) const {
  if (!plan_->attention.reads_image) return {};
  return method_pass()->signal(state_->program.graph().inputs.front(), target_index);
}

void ExplainPasses::add_method_signal(LayerSignals& signals, std::size_t target_index) const {
  const BackwardPass& pass = *method_pass();
  signals.signal = pass.signal(signals.layer, target_index);
  signals.seed = pass.seed(target_index);
  signals.channel_weight = pass.composite().channel_weight;
  for (const std::size_t node : biased_nodes(signals.layer)) {
    const ValueId output = state_->program.node(node).outputs.front();
    signals.biases.push_back({.bias = state_->program.prepared(node).operation->linear()->bias(),
                              .raster = *raster_of(signals.graph, output),
                              .signal = pass.signal(output, target_index)});
  }
}

}  // namespace relcam
