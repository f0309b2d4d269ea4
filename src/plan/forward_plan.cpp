#include "plan/forward_plan.h"

#include <algorithm>

#include "plan/arena.h"

namespace relcam {

namespace {

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

/// The activation node that can run inside `node`, or -1.
std::ptrdiff_t fusable_activation(const Program& program, std::size_t node,
                                  const std::vector<bool>& kept) {
  const PreparedNode& prepared = program.prepared(node);
  const Node& written = program.node(node);
  if (!prepared.op->clamps || written.outputs.size() != 1) return -1;
  const ValueId output = written.outputs.front();
  if (kept[at(output)]) return -1;
  const auto& readers = program.consumers(output);
  if (readers.size() != 1 || !program.prepared(readers.front()).clamp) return -1;
  return static_cast<std::ptrdiff_t>(readers.front());
}

}  // namespace

ForwardPlan::ForwardPlan(const Program& program, std::vector<bool> kept)
    : given_(program.graph().inputs), kept_(std::move(kept)) {
  for (const ValueId input : given_) kept_[at(input)] = true;
  wanted_ = kept_;
  computed_.assign(kept_.size(), true);
  make_steps(program);
  place(program);
}

ForwardPlan::ForwardPlan(const Program& program, std::vector<bool> kept, const Restart& restart)
    : wanted_(std::move(kept)), given_{restart.from}, samples_(restart.samples) {
  find_computed(program);
  kept_ = wanted_;
  for (std::size_t i = 0; i < kept_.size(); ++i) kept_[i] = kept_[i] && computed_[i];
  make_steps(program);
  place(program);
}

/// What follows from the given values.
void ForwardPlan::find_computed(const Program& program) {
  computed_.assign(wanted_.size(), false);
  for (const ValueId value : given_) computed_[at(value)] = true;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Node& node = program.node(i);
    const bool follows = std::ranges::any_of(
        node.inputs, [&](ValueId input) { return input != kNoValue && computes(input); });
    if (!follows) continue;
    for (const ValueId output : node.outputs) {
      if (output != kNoValue) computed_[at(output)] = true;
    }
  }
}

void ForwardPlan::mark_borrowed(const Program& program, std::vector<bool>& kept) const {
  const auto mark = [&](ValueId value) {
    if (value != kNoValue && program.is_live(value) && !computes(value)) kept[at(value)] = true;
  };
  for (const ForwardStep& step : steps_) {
    std::ranges::for_each(program.node(step.node).inputs, mark);
  }
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i]) mark(static_cast<ValueId>(i));
  }
}

bool ForwardPlan::covers(const std::vector<bool>& wanted) const {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] && !kept_[i]) return false;
  }
  return true;
}

std::vector<bool> ForwardPlan::find_needed_nodes(const Program& program) const {
  std::vector<bool> needed_values = kept_;
  std::vector<bool> needed(program.size(), false);
  for (std::size_t i = program.size(); i-- > 0;) {
    const Node& node = program.node(i);
    needed[i] = std::ranges::any_of(node.outputs, [&](ValueId output) {
      return output != kNoValue && needed_values[at(output)] && computes(output) &&
             std::ranges::find(given_, output) == given_.end();
    });
    if (!needed[i]) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) needed_values[at(input)] = true;
    }
  }
  return needed;
}

void ForwardPlan::make_steps(const Program& program) {
  std::vector<bool> pending = find_needed_nodes(program);
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (!pending[i]) continue;
    ForwardStep step{.node = i, .clamp = {}, .outputs = program.node(i).outputs};
    const std::ptrdiff_t activation = fusable_activation(program, i, kept_);
    if (activation >= 0 && pending[static_cast<std::size_t>(activation)]) {
      const auto fused = static_cast<std::size_t>(activation);
      step.clamp = *program.prepared(fused).clamp;
      step.outputs = program.node(fused).outputs;
      pending[fused] = false;
    }
    steps_.push_back(std::move(step));
  }
}

void ForwardPlan::place(const Program& program) {
  const std::size_t count = program.graph().values.size();
  constexpr std::size_t kNever = kNowhere;
  const std::size_t end = steps_.size();
  std::vector<std::size_t> first(count, kNever);
  std::vector<std::size_t> last(count, 0);

  for (const ValueId value : given_) first[at(value)] = 0;
  for (std::size_t i = 0; i < end; ++i) {
    for (const ValueId output : steps_[i].outputs) {
      if (output == kNoValue) continue;
      first[at(output)] = i;
      last[at(output)] = i;
    }
    for (const ValueId input : program.node(steps_[i].node).inputs) {
      if (input != kNoValue) last[at(input)] = i;
    }
  }

  std::vector<Lifetime> lifetimes;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i] == kNever) continue;
    const auto value = static_cast<ValueId>(i);
    lifetimes.push_back({.size = samples_ * program.value_size(value),
                         .first = first[i],
                         .last = kept_[i] ? end : last[i]});
    owners.push_back(i);
  }
  const Placement placement = place_in_arena(lifetimes);
  offsets_.assign(count, kNowhere);
  for (std::size_t i = 0; i < owners.size(); ++i) offsets_[owners[i]] = placement.offsets[i];
  arena_size_ = placement.size;
}

ForwardPass::ForwardPass(const Program& program, std::vector<bool> kept)
    : program_(&program), plan_(program, std::move(kept)), arena_(plan_.arena_size()) {}

ForwardPass::ForwardPass(const Program& program, ForwardPlan plan, const ForwardPass& base)
    : program_(&program), plan_(std::move(plan)), base_(&base), arena_(plan_.arena_size()) {}

void ForwardPass::restart(std::size_t samples) {
  samples_ = samples;
  next_ = 0;
  samples_done_ = 0;
}

std::span<float> ForwardPass::mutable_value(ValueId value) {
  const std::size_t offset = plan_.offset(value);
  if (offset == ForwardPlan::kNowhere) return {};
  return arena_.floats().subspan(offset, samples_ * program_->value_size(value));
}

std::span<const float> ForwardPass::value(ValueId value) const {
  if (!plan_.computes(value)) return base_->value(value);
  const std::size_t offset = plan_.offset(value);
  if (offset == ForwardPlan::kNowhere) return {};
  return arena_.floats().subspan(offset, samples_ * program_->value_size(value));
}

void ForwardPass::step(std::size_t most) {
  const std::size_t count = std::min(most, samples_ - samples_done_);
  run(plan_.steps()[next_], samples_done_, count);
  samples_done_ += count;
  if (samples_done_ < samples_) return;
  samples_done_ = 0;
  ++next_;
}

void ForwardPass::run(const ForwardStep& step, std::size_t first, std::size_t count) {
  std::vector<std::span<const float>> inputs;
  bool shares = false;
  for (const ValueId input : program_->node(step.node).inputs) {
    inputs.emplace_back();
    if (input == kNoValue || !program_->is_live(input)) continue;
    const bool own = plan_.computes(input);
    shares = shares || !own;
    const std::size_t size = program_->value_size(input);
    inputs.back() = own ? value(input).subspan(first * size, count * size) : value(input);
  }
  std::vector<std::span<float>> outputs;
  for (const ValueId output : step.outputs) {
    outputs.emplace_back();
    if (output == kNoValue) continue;
    const std::size_t size = program_->value_size(output);
    outputs.back() = mutable_value(output).subspan(first * size, count * size);
  }
  Operation& operation = *program_->prepared(step.node).operation;
  if (count == 1) {
    operation.forward(inputs, outputs, step.clamp);
  } else if (!shares) {
    operation.forward_batch(inputs, outputs, count, step.clamp);
  } else {
    run_with_shared(step, inputs, outputs, count);
  }
}

/// Sample by sample, each with the inputs that all of them share.
void ForwardPass::run_with_shared(const ForwardStep& step, ConstBuffers inputs, Buffers outputs,
                                  std::size_t count) {
  const std::vector<ValueId>& ids = program_->node(step.node).inputs;
  for (std::size_t k = 0; k < count; ++k) {
    std::vector<std::span<const float>> sample = sample_of(inputs, count, k);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != kNoValue && !plan_.computes(ids[i])) sample[i] = inputs[i];
    }
    program_->prepared(step.node).operation->forward(sample, sample_of(outputs, count, k),
                                                     step.clamp);
  }
}

}  // namespace relcam
