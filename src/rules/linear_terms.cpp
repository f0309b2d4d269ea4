#include "rules/linear_terms.h"

#include <algorithm>

namespace relcam {

namespace {

float weight_part(WeightPart part, float value) {
  switch (part.kind) {
    case WeightPart::Kind::All: return value;
    case WeightPart::Kind::Positive: return std::max(value, 0.0F);
    case WeightPart::Kind::Negative: return std::min(value, 0.0F);
    case WeightPart::Kind::GammaPositive: return value + part.gamma * std::max(value, 0.0F);
    case WeightPart::Kind::GammaNegative: return value + part.gamma * std::min(value, 0.0F);
    case WeightPart::Kind::Square: return value * value;
    case WeightPart::Kind::One: return 1.0F;
  }
  return value;
}

/// Nothing if the term is zero.
std::optional<LinearTerm> active_term(LinearTerm term, const RuleNode& node) {
  const LinearMap& map = *node.operation->linear();
  if (term.weight.kind == WeightPart::Kind::Negative && !map.has_negative_weights()) return {};
  const bool non_negative = node.non_negative.front() != 0;
  if (term.input == InputPart::Negative && non_negative) return {};
  if (term.input == InputPart::Positive && non_negative) term.input = InputPart::Value;
  return term;
}

}  // namespace

std::vector<LinearTerm> active_terms(const LinearBranch& branch, const RuleNode& node) {
  std::vector<LinearTerm> terms;
  for (const LinearTerm& term : branch.terms) {
    if (const auto active = active_term(term, node)) terms.push_back(*active);
  }
  return terms;
}

std::optional<SignPart> sign_part(InputPart part) {
  switch (part) {
    case InputPart::Value: return SignPart::Both;
    case InputPart::Positive: return SignPart::Positive;
    case InputPart::Negative: return SignPart::Negative;
    case InputPart::One:
    case InputPart::Low:
    case InputPart::High: return {};
  }
  return {};
}

std::span<const float> input_part(const RuleNode& node, const LinearTerm& term, Buffer& own) {
  if (term.input == InputPart::Value && term.factor == 1.0F) return node.inputs.front();
  own = Buffer(node.input_sizes.front());
  const std::span<float> out = own.floats();
  if (const auto part = sign_part(term.input)) {
    take_part(node.inputs.front(), *part, term.factor, out, node.pool);
    return out;
  }
  constexpr float kOne[] = {1.0F};
  std::span<const float> values = term.input == InputPart::Low ? node.low : node.high;
  if (term.input == InputPart::One) values = kOne;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = term.factor * values[i % values.size()];
  return out;
}

void add_share(const RuleNode& node, const LinearTerm& term, std::span<const float> gathered,
               std::span<float> relevance, Write write) {
  if (const auto part = sign_part(term.input)) {
    weigh(gathered, node.inputs.front(), *part, term.factor, relevance, write, node.pool);
    return;
  }
  Buffer own;
  weigh(gathered, input_part(node, term, own), SignPart::Both, 1.0F, relevance, write, node.pool);
}

float bias_part(const LinearBranch& branch, std::span<const float> bias, std::size_t i) {
  if (!branch.bias || bias.empty()) return 0.0F;
  return branch.bias_factor * weight_part(*branch.bias, bias[i % bias.size()]);
}

}  // namespace relcam
