#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/parameters.h"
#include "rules/rule.h"

namespace relcam {

/// A rule as the catalogue lists it and as users name it in composites of their own.
struct RuleEntry {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  std::vector<ParameterInfo> parameters;
  std::unique_ptr<Rule> (*make)(const Parameters& parameters);
};

/// All rules, in the roster's order.
std::span<const RuleEntry> all_rules();

/// Throws InvalidOption naming what is valid.
const RuleEntry& find_rule(std::string_view name);

/// The named rule. Throws InvalidOption for a setting that the rule does not have or that is not
/// valid.
std::unique_ptr<Rule> make_rule(std::string_view name, const Settings& settings);

/// Parameters that several rules and composites have. Stabilisers push a denominator z away from
/// zero: z + value * sign(z), sign(0) = +1.
ParameterInfo stabilizer_parameter();
ParameterInfo epsilon_parameter();
ParameterInfo gamma_parameter();

}  // namespace relcam
