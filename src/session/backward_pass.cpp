#include "session/backward_pass.h"

#include <algorithm>
#include <cmath>

#include "methods/method.h"
#include "session/layers.h"
#include "session/tensor_order.h"

namespace relcam {

namespace {

/// How a layer's positions and channels lie in memory; what is no image has channels only.
Raster positions_of(const Graph& graph, ValueId layer, std::size_t size) {
  const Shape& shape = *graph.value(layer).shape;
  const std::size_t channels = shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
  return raster_of(graph, layer).value_or(channels_last_raster(size / channels, 1, channels));
}

/// 1 / sum over channels of |sum over positions|, or 0.
double balancing_factor(std::span<const float> relevance, const Raster& raster) {
  double total = 0.0;
  for (const double sum : channel_sums(raster, relevance)) total += std::abs(sum);
  return total > 0.0 ? 1.0 / total : 0.0;
}

std::vector<float> balanced_difference(std::span<const float> ours, std::span<const float> others,
                                       const Raster& raster) {
  const double our_factor = balancing_factor(ours, raster);
  const double other_factor = balancing_factor(others, raster);
  std::vector<float> difference(ours.size());
  for (std::size_t i = 0; i < difference.size(); ++i) {
    difference[i] = static_cast<float>(static_cast<double>(ours[i]) * our_factor -
                                       static_cast<double>(others[i]) * other_factor);
  }
  return difference;
}

std::vector<float> positive_difference(std::span<const float> ours, std::span<const float> others) {
  std::vector<float> difference(ours.size());
  std::ranges::transform(ours, others, difference.begin(),
                         [](float a, float b) { return std::max(a - b, 0.0F); });
  return difference;
}

Composite composite_of(const CompositeChoice& choice) {
  return choice.rules.empty() ? make_composite(choice.name, choice.settings)
                              : make_custom_composite(choice.rules);
}

}  // namespace

std::vector<std::vector<float>> make_seeds(const Session::State& state, const Beginning& beginning,
                                           const std::vector<std::size_t>& targets) {
  const Value& value = state.program.graph().value(beginning.value);
  if (beginning.start == nullptr) return {to_physical_order(value, beginning.seed)};
  const std::vector<float> scores = state.forward_result(beginning.value);
  std::vector<std::vector<float>> seeds;
  for (const std::size_t target : targets) {
    for (const std::vector<float>& seed : beginning.start->seeds(
             {.scores = scores, .target = target, .parameters = beginning.parameters})) {
      seeds.push_back(to_physical_order(value, seed));
    }
  }
  return seeds;
}

BackwardPass::BackwardPass(Session::State& state, Beginning beginning, CompositeChoice composite,
                           std::vector<ValueId> layers)
    : state_(&state),
      beginning_(std::move(beginning)),
      key_{.composite = std::move(composite),
           .start = beginning_.value,
           .layers = std::move(layers)} {
  const bool known =
      std::ranges::find(state.bound, key_, &BoundComposite::key) != state.bound.end();
  if (!known) fresh_ = bind();
}

BoundComposite BackwardPass::bind() const {
  return {.key = key_,
          .binding = std::make_unique<Binding>(state_->program, composite_of(key_.composite),
                                               key_.start, key_.layers),
          .denomination = nullptr};
}

void BackwardPass::mark_reads(std::vector<bool>& kept) const {
  kept[static_cast<std::size_t>(beginning_.value)] = true;
  if (fresh_) fresh_->binding->mark_reads(kept);
}

void BackwardPass::adopt() {
  std::list<BoundComposite>& all = state_->bound;
  if (const auto known = std::ranges::find(all, key_, &BoundComposite::key); known != all.end()) {
    all.splice(all.begin(), all, known);
  } else if (fresh_) {
    all.push_front(std::move(*fresh_));
  } else {
    all.push_front(bind());
  }
  fresh_.reset();
  bound_ = &all.front();
  if (!bound_->denomination) {
    bound_->denomination =
        std::make_unique<Denomination>(*bound_->binding, *state_->forward, state_->pixels);
  }
}

void BackwardPass::start_sweep(const std::vector<std::size_t>& targets, bool keep_accounts) {
  std::vector<std::vector<float>> seeds = make_seeds(*state_, beginning_, targets);
  sweeps_per_target_ = seeds.size() / std::max<std::size_t>(targets.size(), 1);
  start_sweep_from(std::move(seeds));
  if (keep_accounts) sweep_->keep_accounts(sweeps_per_target_);
}

void BackwardPass::start_sweep_from(std::vector<std::vector<float>> seeds) {
  seeds_ = std::move(seeds);
  sweep_.emplace(*bound_->denomination, seeds_);
}

bool BackwardPass::step_sweep() { return take_step(*sweep_); }

const std::vector<float>& BackwardPass::seed(std::size_t index) const {
  return seeds_[index * sweeps_per_target_];
}

FloatValues BackwardPass::signal(ValueId layer, std::size_t index) const {
  const std::span<const float> stacked = sweep_->relevance(layer);
  const std::size_t size = stacked.size() / sweep_->count();
  const std::size_t first = index * sweeps_per_target_;
  const auto ours = stacked.subspan(first * size, size);
  switch (beginning_.combination()) {
    case Combination::Single: break;
    case Combination::BalancedDifference:
      return balanced_difference(ours, stacked.subspan((first + 1) * size, size),
                                 positions_of(state_->program.graph(), layer, size));
    case Combination::PositiveDifference:
      return positive_difference(ours, stacked.subspan((first + 1) * size, size));
  }
  return ours;
}

}  // namespace relcam
