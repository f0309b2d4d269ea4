#include "relevance/tangent.h"

#include <algorithm>

namespace relcam {

Tangent::Tangent(const Binding& binding, const ForwardPass& forward, ValueId layer,
                 std::span<const float> direction)
    : binding_(&binding), forward_(&forward) {
  Buffer own(direction.size());
  std::ranges::copy(direction, own.floats().begin());
  tangents_.emplace(layer, std::move(own));
  for (const BoundNode& bound : binding.nodes()) {
    for (const ValueId input : binding.program().node(bound.node).inputs) ++readers_[input];
  }
}

/// Live values that the layer does not reach stay where they are.
std::span<const float> Tangent::tangent_of(ValueId value, std::vector<Buffer>& zeros) const {
  const Program& program = binding_->program();
  if (value == kNoValue || !program.is_live(value)) return {};
  if (const auto found = tangents_.find(value); found != tangents_.end()) {
    return found->second.floats();
  }
  zeros.emplace_back(program.value_size(value));
  std::ranges::fill(zeros.back().floats(), 0.0F);
  return zeros.back().floats();
}

void Tangent::forget_inputs(const Node& node) {
  for (const ValueId input : node.inputs) {
    if (--readers_[input] == 0 && input != binding_->start()) tangents_.erase(input);
  }
}

std::vector<std::span<const float>> Tangent::values(const std::vector<ValueId>& ids,
                                                    bool read) const {
  std::vector<std::span<const float>> spans;
  for (const ValueId id : ids) {
    const bool live = read && id != kNoValue && binding_->program().is_live(id);
    spans.push_back(live ? forward_->value(id) : std::span<const float>{});
  }
  return spans;
}

/// Linear maps are their own tangents.
bool Tangent::push_piece(const Node& node, LinearMap& map) {
  const ValueId output = node.outputs.front();
  if (pieces_ == 0) partial_ = Buffer(binding_->program().value_size(output));
  const Piece piece{.index = pieces_++, .count = map.pieces()};
  map.apply_piece({}, tangents_.at(node.inputs.front()).floats(), partial_.floats(), Write::Assign,
                  piece);
  if (pieces_ < piece.count) return true;
  pieces_ = 0;
  tangents_.emplace(output, std::move(partial_));
  return false;
}

/// True while pieces of the node are left.
bool Tangent::push(const Node& node, const PreparedNode& prepared) {
  LinearMap* map = prepared.operation->linear();
  if (map != nullptr && map->pieces() > 1) return push_piece(node, *map);
  const Program& program = binding_->program();
  std::vector<Buffer> zeros;
  std::vector<std::span<const float>> input_tangents;
  for (const ValueId input : node.inputs) input_tangents.push_back(tangent_of(input, zeros));
  std::vector<Buffer> results;
  std::vector<std::span<float>> output_tangents;
  for (const ValueId output : node.outputs) {
    results.emplace_back(output == kNoValue ? 0 : program.value_size(output));
    output_tangents.push_back(results.back().floats());
  }
  const auto inputs = values(node.inputs, prepared.op->vjp_reads.inputs);
  const auto outputs = values(node.outputs, prepared.op->vjp_reads.outputs);
  prepared.operation->jvp({.inputs = inputs,
                           .outputs = outputs,
                           .input_tangents = input_tangents,
                           .output_tangents = output_tangents});
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (node.outputs[i] != kNoValue) tangents_.emplace(node.outputs[i], std::move(results[i]));
  }
  return false;
}

void Tangent::step() {
  const Program& program = binding_->program();
  // Bound nodes stand in the order of the backward sweep.
  const BoundNode& bound = binding_->nodes()[binding_->nodes().size() - 1 - done_];
  const Node& node = program.node(bound.node);
  const bool moves =
      std::ranges::any_of(node.inputs, [&](ValueId id) { return tangents_.contains(id); });
  if (moves && push(node, program.prepared(bound.node))) return;
  forget_inputs(node);
  ++done_;
}

std::span<const float> Tangent::result() const { return tangents_.at(binding_->start()).floats(); }

}  // namespace relcam
