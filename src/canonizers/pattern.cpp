#include "canonizers/pattern.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "canonizers/forget_names.h"
#include "ops/op.h"

namespace relcam {
namespace {

using Form = Term::Form;

/// No formula has more factors or summands.
constexpr std::size_t kMostOperands = 8;

/// As near as a model stored in half precision comes.
bool is_near(float got, float want) {
  return got == want || std::abs(got - want) <= 5e-4F * std::abs(want);
}

std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

/// A sum or product of a graph without its brackets.
struct Operands {
  float number;
  std::vector<std::pair<ValueId, bool>> values = {};  ///< and whether subtracted, or divided by
  std::vector<std::size_t> nodes = {};
};

class Matcher {
 public:
  explicit Matcher(const Graph& graph)
      : graph_(graph), producers_(producers_of(graph)), readers_(graph.values.size(), 0) {
    for (const Node& node : graph.nodes) {
      for (const ValueId input : node.inputs) {
        if (input != kNoValue) ++readers_[at(input)];
      }
    }
    for (const ValueId output : graph.outputs) readers_[at(output)] += 2;
  }

  std::optional<Match> match(const Term& pattern, const Node& root) const {
    Match match;
    if (root.outputs.size() != 1 || !accepts(pattern, root.outputs[0], match)) return {};
    std::ranges::sort(match.nodes, std::greater<>{});
    const auto repeated = std::ranges::unique(match.nodes);
    match.nodes.erase(repeated.begin(), repeated.end());
    return match;
  }

  /// Whether nothing but the matched nodes reads what they compute on the way.
  bool is_closed(const Match& match) const {
    for (const std::size_t index : match.nodes) {
      if (index == match.nodes.front()) continue;
      const ValueId output = graph_.nodes[index].outputs.front();
      std::ptrdiff_t readers = 0;
      for (const std::size_t reader : match.nodes) {
        readers += std::ranges::count(graph_.nodes[reader].inputs, output);
      }
      if (readers != readers_[at(output)]) return false;
    }
    return true;
  }

 private:
  const Node* producer(ValueId value) const {
    const std::ptrdiff_t index = value == kNoValue ? -1 : producers_[at(value)];
    if (index < 0) return nullptr;
    const Node& node = graph_.nodes[static_cast<std::size_t>(index)];
    return node.domain.empty() && node.outputs.size() == 1 ? &node : nullptr;
  }

  std::size_t index_of(const Node& node) const {
    return static_cast<std::size_t>(&node - graph_.nodes.data());
  }

  /// A constant of one element.
  std::optional<float> number_of(ValueId value) const {
    const auto& constant = graph_.value(value).constant;
    if (!constant || constant->size() != 1) return {};
    return constant->floats().front();
  }

  /// Adds `value` to a sum or product: its operands if nothing else reads it, or else itself.
  bool expand(ValueId value, bool inverse, bool is_sum, bool is_root, Operands& operands) const {
    if (operands.values.size() + operands.nodes.size() > kMostOperands) return false;
    if (const auto number = number_of(value)) {
      if (is_sum) {
        operands.number += inverse ? -*number : *number;
      } else {
        operands.number *= inverse ? 1.0F / *number : *number;
      }
      return true;
    }
    const Node* node = is_root || readers_[at(value)] == 1 ? producer(value) : nullptr;
    if (node == nullptr || !expand_node(*node, inverse, is_sum, operands)) {
      operands.values.emplace_back(value, inverse);
    }
    return true;
  }

  bool expand_node(const Node& node, bool inverse, bool is_sum, Operands& operands) const {
    const bool straight = node.op_type == (is_sum ? "Add" : "Mul");
    const bool opposite = node.op_type == (is_sum ? "Sub" : "Div");
    const Operands before = operands;
    operands.nodes.push_back(index_of(node));
    bool expanded = false;
    if (straight || opposite) {
      expanded = expand(node.inputs[0], inverse, is_sum, false, operands) &&
                 expand(node.inputs[1], inverse != opposite, is_sum, false, operands);
    } else if (!is_sum && node.op_type == "Neg") {
      operands.number = -operands.number;
      expanded = expand(node.inputs[0], inverse, is_sum, false, operands);
    } else if (!is_sum && node.op_type == "Reciprocal") {
      expanded = expand(node.inputs[0], !inverse, is_sum, false, operands);
    } else if (!is_sum && node.op_type == "Pow") {
      const float exponent = number_of(node.inputs[1]).value_or(0.0F);
      expanded = exponent == 2.0F || exponent == 3.0F;
      for (float i = 0.0F; expanded && i < exponent; ++i) {
        operands.values.emplace_back(node.inputs[0], inverse);
      }
    }
    if (!expanded) operands = before;
    return expanded;
  }

  static bool accepts_number(float want, float got, Match& match) {
    if (!std::isnan(want)) return is_near(got, want);
    match.number = got;
    return true;
  }

  bool accepts(const Term& term, ValueId value, Match& match) const {
    if (value == kNoValue) return false;
    switch (term.form) {
      case Form::Variable:
        if (match.variable == kNoValue && !graph_.value(value).constant) match.variable = value;
        return match.variable == value;
      case Form::Constant:
        if (!graph_.value(value).constant) return false;
        match.constants.resize(std::max(match.constants.size(), term.slot + 1), kNoValue);
        match.constants[term.slot] = value;
        return true;
      case Form::Number: {
        const auto number = number_of(value);
        return number && accepts_number(term.number, *number, match);
      }
      case Form::Product:
      case Form::Sum: return accepts_operands(term, value, match);
      case Form::Function: return accepts_function(term, value, match);
    }
    return false;
  }

  bool accepts_operands(const Term& term, ValueId value, Match& match) const {
    const bool is_sum = term.form == Form::Sum;
    Operands operands{.number = is_sum ? 0.0F : 1.0F};
    const Node* node = producer(value);
    if (node == nullptr || !expand_node(*node, false, is_sum, operands)) return false;
    if (operands.values.size() != term.terms.size() + term.divisors.size()) return false;
    if (!accepts_number(term.number, operands.number, match)) return false;
    match.nodes.insert(match.nodes.end(), operands.nodes.begin(), operands.nodes.end());
    std::vector<std::pair<const Term*, bool>> wanted;
    for (const Term& divisor : term.divisors) wanted.emplace_back(&divisor, true);
    for (const Term& part : term.terms) wanted.emplace_back(&part, part.is_negative);
    return accepts_in_any_order(wanted, operands.values, match);
  }

  /// Tries every assignment of the operands to the terms, of which the last comes first: patterns
  /// name their variables first, and what is more telling later.
  bool accepts_in_any_order(std::vector<std::pair<const Term*, bool>> wanted,
                            const std::vector<std::pair<ValueId, bool>>& operands,
                            Match& match) const {
    if (wanted.empty()) return true;
    const auto [term, inverse] = wanted.back();
    wanted.pop_back();
    for (std::size_t i = 0; i < operands.size(); ++i) {
      Match attempt = match;
      if (operands[i].second != inverse || !accepts(*term, operands[i].first, attempt)) continue;
      std::vector<std::pair<ValueId, bool>> others = operands;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      if (!accepts_in_any_order(wanted, others, attempt)) continue;
      match = std::move(attempt);
      return true;
    }
    return false;
  }

  bool accepts_function(const Term& term, ValueId value, Match& match) const {
    const Node* node = producer(value);
    if (node == nullptr) return false;
    if (term.op_type == "Clip") return accepts_clip(term, *node, value, match);
    if (node->op_type != term.op_type) return false;
    const bool is_symmetric = term.terms.size() == 2;
    if (node->inputs.size() < term.terms.size()) return false;
    if (is_symmetric && node->inputs.size() != 2) return false;
    match.nodes.push_back(index_of(*node));
    for (std::size_t first = 0; first < term.terms.size(); ++first) {
      Match attempt = match;
      if (!accepts(term.terms[0], node->inputs[first], attempt)) continue;
      if (is_symmetric && !accepts(term.terms[1], node->inputs[1 - first], attempt)) continue;
      match = std::move(attempt);
      return true;
    }
    return false;
  }

  bool accepts_clip(const Term& term, const Node& node, ValueId value, Match& match) const {
    const Term& inner = term.terms[0];
    const Term& low = term.terms[1];
    const Term& high = term.terms[2];
    if (node.op_type == "Min") {
      return accepts(function("Min", {function("Max", {inner, low}), high}), value, match);
    }
    if (node.op_type == "Max") {
      return accepts(function("Max", {function("Min", {inner, high}), low}), value, match);
    }
    if (node.op_type != "Clip") return false;
    match.nodes.push_back(index_of(node));
    const Clamp clamp = find_op("Clip", "")->as_clamp({graph_, node});
    return is_near(clamp.low, low.number) && is_near(clamp.high, high.number) &&
           accepts(inner, node.inputs[0], match);
  }

  const Graph& graph_;
  std::vector<std::ptrdiff_t> producers_;
  std::vector<std::ptrdiff_t> readers_;  ///< graph outputs count as two
};

/// The terms of a sum or product, to add more to it; any other term is the only one of its own.
Term opened(const Term& term, Form form, float neutral) {
  if (term.form == form && !term.is_negative) return term;
  Term result{.form = form, .number = neutral};
  result.terms.push_back(term);
  return result;
}

Term number(float value) { return {.form = Form::Number, .number = value}; }

/// Nothing where the shape would change, or the fusion declines.
std::vector<Node> fused(Graph& graph, const Node& root, const Match& match, const Fusion& fusion) {
  if (graph.value(match.variable).shape != graph.value(root.outputs.front()).shape) return {};
  Node node;
  node.name = root.name;
  node.op_type = fusion.op_type;
  node.inputs = {match.variable};
  node.outputs = root.outputs;
  std::vector<Node> nodes = {std::move(node)};
  if (fusion.complete != nullptr && !fusion.complete(graph, match, nodes)) return {};
  return nodes;
}

void fuse_pattern(Graph& graph, const Fusion& fusion, NameForgetter& names) {
  std::vector<std::vector<Node>> written(graph.nodes.size());
  std::vector<bool> is_gone(graph.nodes.size(), false);
  const Matcher matcher(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& root = graph.nodes[i];
    const std::optional<Match> match = matcher.match(fusion.pattern, root);
    const auto gone = [&](std::size_t index) { return is_gone[index]; };
    if (!match || std::ranges::any_of(match->nodes, gone) || !matcher.is_closed(*match)) continue;
    written[i] = fused(graph, root, *match, fusion);
    if (written[i].empty()) continue;
    for (const std::size_t index : match->nodes) {
      is_gone[index] = true;
      if (index == i) continue;
      names.forget(graph.nodes[index].outputs.front(),
                   "it became part of " + std::string(fusion.op_type) + " '" + root.name +
                       "': ask for '" + graph.value(root.outputs.front()).name + "'");
    }
  }
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (Node& node : written[i]) kept.push_back(std::move(node));
    if (!is_gone[i]) kept.push_back(std::move(graph.nodes[i]));
  }
  graph.nodes = std::move(kept);
}

}  // namespace

Term variable() { return {}; }

Term constant(std::size_t slot) { return {.form = Form::Constant, .slot = slot}; }

Term function(std::string_view op_type, std::initializer_list<Term> arguments) {
  return {.form = Form::Function, .op_type = op_type, .terms = arguments};
}

Term clamped(const Term& term, float low, float high) {
  return function("Clip", {term, number(low), number(high)});
}

Term operator*(float factor, const Term& term) {
  Term product = opened(term, Form::Product, 1.0F);
  product.number *= factor;
  return product;
}

Term operator*(const Term& a, const Term& b) {
  Term product = opened(a, Form::Product, 1.0F);
  const Term other = opened(b, Form::Product, 1.0F);
  product.number *= other.number;
  product.terms.insert(product.terms.end(), other.terms.begin(), other.terms.end());
  product.divisors.insert(product.divisors.end(), other.divisors.begin(), other.divisors.end());
  return product;
}

Term operator/(const Term& a, const Term& b) {
  Term product = opened(a, Form::Product, 1.0F);
  product.divisors.push_back(b);
  return product;
}

Term operator+(float addend, const Term& term) {
  Term sum = opened(term, Form::Sum, 0.0F);
  sum.number += addend;
  return sum;
}

Term operator+(const Term& a, const Term& b) {
  Term sum = opened(a, Form::Sum, 0.0F);
  sum.terms.push_back(b);
  return sum;
}

Term operator-(const Term& a, const Term& b) {
  Term sum = a + b;
  sum.terms.back().is_negative = true;
  return sum;
}

void fuse(Graph& graph, const std::vector<Fusion>& fusions) {
  NameForgetter names(graph);
  for (const Fusion& fusion : fusions) fuse_pattern(graph, fusion, names);
}

}  // namespace relcam
