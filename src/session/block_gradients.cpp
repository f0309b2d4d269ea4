#include "session/block_gradients.h"

#include <algorithm>

#include "composites/composite.h"

namespace relcam {

BlockGradients::BlockGradients(Session::State& state, const AttentionPlan& plan,
                               const Beginning& beginning, bool mean_tokens)
    : state_(&state),
      plan_(&plan),
      beginning_(&beginning),
      mean_tokens_(mean_tokens),
      head_(part(beginning.value, plan.last_output)) {
  for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
    blocks_.push_back(part(plan.block_outputs[b], plan.blocks[b].weights));
  }
  std::vector<bool> kept(state.program.graph().values.size(), false);
  kept[static_cast<std::size_t>(beginning.value)] = true;
  head_.binding->mark_reads(kept);
  forward_plan_.emplace(state.program, std::move(kept),
                        Restart{.from = plan.last_output, .samples = plan.blocks.size()});
}

BlockGradients::Part BlockGradients::part(ValueId start, ValueId layer) const {
  return {.binding = std::make_unique<Binding>(state_->program, make_composite("gradient", {}),
                                               start, std::vector{layer})};
}

void BlockGradients::mark_reads(std::vector<bool>& kept) const {
  for (const ValueId output : plan_->block_outputs) kept[static_cast<std::size_t>(output)] = true;
  kept[static_cast<std::size_t>(beginning_->value)] = true;
  for (const Part& block : blocks_) block.binding->mark_reads(kept);
  forward_plan_->mark_borrowed(state_->program, kept);
}

std::size_t BlockGradients::channels() const {
  return state_->program.value_size(plan_->last_output) / plan_->tokens;
}

void BlockGradients::start(const std::vector<std::size_t>& targets) {
  seeds_ = make_seeds(*state_, *beginning_, targets);
  seeds_per_target_ = seeds_.size() / std::max<std::size_t>(targets.size(), 1);
}

/// u: what the head is shown of a block's output.
std::vector<float> BlockGradients::shown_of(std::size_t block) const {
  const std::span<const float> output = state_->forward->value(plan_->block_outputs[block]);
  const std::size_t count = mean_tokens_ ? plan_->tokens : 1;
  std::vector<double> sums(channels(), 0.0);
  for (std::size_t i = 0; i < count * sums.size(); ++i) {
    sums[i % sums.size()] += static_cast<double>(output[i]) / static_cast<double>(count);
  }
  return to_floats(sums);
}

void BlockGradients::begin_forward() {
  pass_ = std::make_unique<ForwardPass>(state_->program, *forward_plan_, *state_->forward);
  pass_->restart(plan_->blocks.size());
  std::span<float> tokens = pass_->input(plan_->last_output);
  for (std::size_t b = 0; b < plan_->blocks.size(); ++b) {
    const std::vector<float> shown = shown_of(b);
    for (std::size_t i = 0; i < plan_->tokens; ++i) {
      std::ranges::copy(shown, tokens.begin());
      tokens = tokens.subspan(shown.size());
    }
  }
}

bool BlockGradients::step_part(Part& part, const ForwardPass& forward,
                               const std::vector<std::vector<float>>& seeds) const {
  if (!part.denomination) {
    part.denomination = std::make_unique<Denomination>(*part.binding, forward, state_->pixels);
  }
  if (!part.sweep) part.sweep.emplace(*part.denomination, seeds);
  return take_step(*part.sweep);
}

/// The score's change with u is that with all tokens together.
bool BlockGradients::step_head() {
  const std::size_t blocks = plan_->blocks.size();
  if (step_part(head_, *pass_, std::vector(blocks, seeds_[slopes_.size()]))) return true;
  const std::span<const float> gradient = head_.sweep->relevance(plan_->last_output);
  const std::size_t size = gradient.size() / blocks;
  std::vector<float> slopes(blocks * channels(), 0.0F);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    slopes[i / size * channels() + i % channels()] += gradient[i];
  }
  slopes_.push_back(std::move(slopes));
  head_.sweep.reset();
  return true;
}

/// Per seed: the gradient of the block's score by its output.
std::vector<std::vector<float>> BlockGradients::seeds_of(std::size_t block) const {
  std::vector<std::vector<float>> seeds;
  const std::size_t count = mean_tokens_ ? plan_->tokens : 1;
  for (const std::vector<float>& slopes : slopes_) {
    std::vector<float>& seed = seeds.emplace_back(plan_->tokens * channels(), 0.0F);
    for (std::size_t i = 0; i < count * channels(); ++i) {
      seed[i] = slopes[block * channels() + i % channels()] / static_cast<float>(count);
    }
  }
  return seeds;
}

bool BlockGradients::step() {
  if (!pass_) begin_forward();
  if (take_step(*pass_)) return true;
  if (slopes_.size() < seeds_.size()) return step_head();
  if (block_ == blocks_.size()) return false;
  if (!step_part(blocks_[block_], *state_->forward, seeds_of(block_))) ++block_;
  return true;
}

Count BlockGradients::nodes() const {
  Count count;
  for (const Part& block : blocks_) {
    count +=
        {.done = block.sweep ? block.sweep->done() : 0, .total = block.binding->nodes().size()};
  }
  return count;
}

FloatValues BlockGradients::at(std::size_t block, std::size_t target) const {
  const Sweep& sweep = *blocks_[block].sweep;
  const std::span<const float> stacked = sweep.relevance(plan_->blocks[block].weights);
  const std::size_t size = stacked.size() / sweep.count();
  return stacked.subspan(target * seeds_per_target_ * size, size);
}

}  // namespace relcam
