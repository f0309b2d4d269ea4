#include "plan/forward_plan.h"

#include <algorithm>

#include "plan/arena.h"

namespace relcam {

namespace {

/// The activation node that can run inside `node`, or -1.
std::ptrdiff_t fusable_activation(const Program& program, std::size_t node,
                                  const std::vector<bool>& kept) {
  const PreparedNode& prepared = program.prepared(node);
  const Node& written = program.node(node);
  if (!prepared.op->clamps || written.outputs.size() != 1) return -1;
  const ValueId output = written.outputs.front();
  if (kept[static_cast<std::size_t>(output)]) return -1;
  const auto& readers = program.consumers(output);
  if (readers.size() != 1 || !program.prepared(readers.front()).clamp) return -1;
  return static_cast<std::ptrdiff_t>(readers.front());
}

}  // namespace

ForwardPlan::ForwardPlan(const Program& program, std::vector<bool> kept) : kept_(std::move(kept)) {
  for (const ValueId input : program.graph().inputs) kept_[static_cast<std::size_t>(input)] = true;
  make_steps(program);
  place(program);
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
      return output != kNoValue && needed_values[static_cast<std::size_t>(output)];
    });
    if (!needed[i]) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) needed_values[static_cast<std::size_t>(input)] = true;
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

  for (const ValueId input : program.graph().inputs) first[static_cast<std::size_t>(input)] = 0;
  for (std::size_t i = 0; i < end; ++i) {
    for (const ValueId output : steps_[i].outputs) {
      if (output == kNoValue) continue;
      first[static_cast<std::size_t>(output)] = i;
      last[static_cast<std::size_t>(output)] = i;
    }
    for (const ValueId input : program.node(steps_[i].node).inputs) {
      if (input != kNoValue) last[static_cast<std::size_t>(input)] = i;
    }
  }

  std::vector<Lifetime> lifetimes;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i] == kNever) continue;
    const auto value = static_cast<ValueId>(i);
    lifetimes.push_back(
        {.size = program.value_size(value), .first = first[i], .last = kept_[i] ? end : last[i]});
    owners.push_back(i);
  }
  const Placement placement = place_in_arena(lifetimes);
  offsets_.assign(count, kNowhere);
  for (std::size_t i = 0; i < owners.size(); ++i) offsets_[owners[i]] = placement.offsets[i];
  arena_size_ = placement.size;
}

ForwardPass::ForwardPass(const Program& program, std::vector<bool> kept)
    : program_(&program), plan_(program, std::move(kept)), arena_(plan_.arena_size()) {}

std::span<float> ForwardPass::mutable_value(ValueId value) {
  const std::size_t offset = plan_.offset(value);
  if (offset == ForwardPlan::kNowhere) return {};
  return arena_.floats().subspan(offset, program_->value_size(value));
}

std::span<const float> ForwardPass::value(ValueId value) const {
  const std::size_t offset = plan_.offset(value);
  if (offset == ForwardPlan::kNowhere) return {};
  return arena_.floats().subspan(offset, program_->value_size(value));
}

void ForwardPass::step() {
  const ForwardStep& step = plan_.steps()[next_++];
  std::vector<std::span<const float>> inputs;
  for (const ValueId input : program_->node(step.node).inputs) {
    const bool stored = input != kNoValue && program_->is_live(input);
    inputs.push_back(stored ? value(input) : std::span<const float>{});
  }
  std::vector<std::span<float>> outputs;
  for (const ValueId output : step.outputs) {
    outputs.push_back(output == kNoValue ? std::span<float>{} : mutable_value(output));
  }
  program_->prepared(step.node).operation->forward(inputs, outputs, step.clamp);
}

}  // namespace relcam
