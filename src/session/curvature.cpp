#include "session/curvature.h"

#include "session/tensor_order.h"

namespace relcam {

Curvature::Curvature(const Session::State& state, const Beginning& beginning,
                     std::vector<ValueId> layers, BackwardPass& pass)
    : state_(&state), beginning_(&beginning), layers_(std::move(layers)), pass_(&pass) {}

bool Curvature::step_tangent() {
  if (changes_.size() == layers_.size()) return false;
  const ForwardPass& forward = *state_->forward;
  if (!tangent_) {
    const ValueId layer = layers_[changes_.size()];
    tangent_.emplace(pass_->binding(), forward, layer, forward.value(layer));
  }
  if (take_step(*tangent_)) return true;
  const Value& scores = state_->program.graph().value(beginning_->value);
  changes_.push_back(to_onnx_order(scores, tangent_->result()));
  tangent_.reset();
  return true;
}

Count Curvature::tangents() const {
  const std::size_t nodes = pass_->binding().nodes().size();
  return {.done = changes_.size() * nodes + (tangent_ ? tangent_->done() : 0),
          .total = layers_.size() * nodes};
}

void Curvature::start_sweep(const std::vector<std::size_t>& targets) {
  targets_ = targets.size();
  const Value& value = state_->program.graph().value(beginning_->value);
  const std::vector<float> scores = state_->forward_result(beginning_->value);
  std::vector<std::vector<float>> seeds;
  for (const std::vector<float>& change : changes_) {
    for (const std::size_t target : targets) {
      seeds.push_back(to_physical_order(
          value,
          beginning_->start->curvature(
              {.scores = scores, .target = target, .parameters = beginning_->parameters}, change)));
    }
  }
  pass_->start_sweep_from(std::move(seeds));
}

FloatValues Curvature::at(std::size_t layer, std::size_t target) const {
  return pass_->signal(layers_[layer], layer * targets_ + target);
}

}  // namespace relcam
