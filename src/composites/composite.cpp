#include "composites/composite.h"

#include <algorithm>

#include "base/error.h"
#include "composites/roster.h"

namespace relcam {

namespace {

template <typename Range, typename Project>
std::string join(const Range& range, Project project) {
  std::string text;
  for (const auto& item : range) {
    if (!text.empty()) text += ", ";
    text += project(item);
  }
  return text;
}

const ParameterInfo& find_parameter(const CompositeEntry& entry, const std::string& name) {
  const auto found = std::ranges::find(entry.parameters, name, &ParameterInfo::name);
  if (found != entry.parameters.end()) return *found;
  const std::string valid = join(entry.parameters, [](const auto& info) { return info.name; });
  throw Error(ErrorCode::InvalidOption,
              "composite '" + std::string(entry.name) + "' has no parameter '" + name + "'; " +
                  (valid.empty() ? "it has none" : "valid: " + valid),
              name);
}

Parameters complete(const CompositeEntry& entry, const Parameters& given) {
  Parameters result;
  for (const ParameterInfo& info : entry.parameters) {
    result.emplace(info.name, info.choices.front());
  }
  for (const auto& [name, value] : given) {
    const ParameterInfo& info = find_parameter(entry, name);
    if (std::ranges::find(info.choices, value) == info.choices.end()) {
      const std::string valid = join(info.choices, [](const auto& choice) { return choice; });
      throw Error(ErrorCode::InvalidOption,
                  "parameter '" + name + "' cannot be '" + value + "'; valid: " + valid, name);
    }
    result[name] = value;
  }
  return result;
}

}  // namespace

std::span<const CompositeEntry> all_composites() {
#define RELCAM_LIST_COMPOSITE(name) name##_composite(),
  static const std::vector<CompositeEntry> entries{RELCAM_COMPOSITES(RELCAM_LIST_COMPOSITE)};
#undef RELCAM_LIST_COMPOSITE
  return entries;
}

Composite make_composite(std::string_view name, const Parameters& parameters) {
  const auto entries = all_composites();
  const auto found = std::ranges::find(entries, name, &CompositeEntry::name);
  if (found == entries.end()) {
    const std::string valid = join(entries, [](const auto& entry) { return entry.name; });
    throw Error(ErrorCode::InvalidOption,
                "there is no composite '" + std::string(name) + "'; valid: " + valid, "composite");
  }
  return found->make(complete(*found, parameters));
}

const Rule* choose_rule(const Composite& composite, const NodeFacts& facts) {
  const auto found = std::ranges::find_if(
      composite.rows, [&](const CompositeRow& row) { return row.matches(facts); });
  return found == composite.rows.end() ? nullptr : found->rule.get();
}

std::function<bool(const NodeFacts&)> of_kind(Kind kind) {
  return [kind](const NodeFacts& facts) { return facts.kind == kind; };
}

std::function<bool(const NodeFacts&)> of_type(std::string_view op_type) {
  return [op_type](const NodeFacts& facts) { return facts.op_type == op_type; };
}

}  // namespace relcam
