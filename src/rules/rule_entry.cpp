#include "rules/rule_entry.h"

#include <array>

#include "base/roster.h"
#include "rules/roster.h"

namespace relcam {

std::span<const RuleEntry> all_rules() {
#define RELCAM_LIST_RULE(name) name##_rule(),
  static const std::vector<RuleEntry> entries{RELCAM_RULES(RELCAM_LIST_RULE)};
#undef RELCAM_LIST_RULE
  return entries;
}

const RuleEntry& find_rule(std::string_view name) { return find_entry(all_rules(), "rule", name); }

std::unique_ptr<Rule> make_rule(std::string_view name, const Settings& settings) {
  const RuleEntry& entry = find_rule(name);
  const std::array<ParameterOwner, 1> owner = {{{"rule", entry.name, entry.parameters}}};
  refuse_unknown_settings(settings, owner);
  return entry.make(Parameters(entry.parameters, settings));
}

ParameterInfo stabilizer_parameter() {
  return {.name = "stabilizer",
          .type = ParameterType::Number,
          .fallback = "1e-6",
          .least = 0.0,
          .summary = "keeps denominators away from zero"};
}

ParameterInfo epsilon_parameter() {
  return {.name = "epsilon",
          .type = ParameterType::Number,
          .fallback = "1e-6",
          .least = 0.0,
          .summary = "added to the size of denominators; larger values absorb weak contributions"};
}

ParameterInfo gamma_parameter() {
  return {.name = "gamma",
          .type = ParameterType::Number,
          .fallback = "0.25",
          .least = 0.0,
          .summary = "how much contributions of the output's sign are favoured"};
}

}  // namespace relcam
