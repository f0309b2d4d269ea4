#include "composites/custom.h"

#include "base/error.h"
#include "composites/structure.h"
#include "rules/rule_entry.h"

namespace relcam {

namespace {

enum class Position : std::uint8_t { Any, First, Last };

Position position_of(const std::string& name) {
  if (name == "any") return Position::Any;
  if (name == "first") return Position::First;
  if (name == "last") return Position::Last;
  throw Error(ErrorCode::InvalidOption,
              "there is no position '" + name + "'; valid: any, first, last", "position");
}

bool is_at(Position position, const NodeFacts& facts) {
  switch (position) {
    case Position::Any: return facts.kind != Kind::Blind;
    case Position::First: return facts.first_linear;
    case Position::Last: return facts.last_linear;
  }
  return false;
}

CompositeRow row_of(const RuleRow& row) {
  const Position position = position_of(row.position);
  const auto matches = [position, op_type = row.op_type,
                        tensor = row.tensor](const NodeFacts& facts) {
    return is_at(position, facts) && (op_type.empty() || op_type == facts.op_type) &&
           (tensor.empty() || matches_wildcards(tensor, facts.output));
  };
  return {matches, make_rule(row.rule, row.parameters)};
}

}  // namespace

bool matches_wildcards(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t covered = 0;  // characters that the last star stands for end here
  for (std::size_t i = 0; i < text.size();) {
    const bool is_star = at < pattern.size() && pattern[at] == '*';
    if (is_star) {
      star = at++;
      covered = i;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++covered;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

Composite make_custom_composite(std::span<const RuleRow> rows) {
  std::vector<CompositeRow> table;
  for (const RuleRow& row : rows) {
    try {
      table.push_back(row_of(row));
    } catch (const Error& error) {
      throw Error(error.code(),
                  "row " + std::to_string(table.size() + 1) + " of the rules: " + error.what(),
                  error.node());
    }
  }
  return {.name = kCustomComposite, .rows = with_structural_rows(std::move(table))};
}

}  // namespace relcam
