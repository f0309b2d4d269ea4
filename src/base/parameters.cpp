#include "base/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/error.h"

namespace relcam {

namespace {

std::optional<double> as_number(const std::string& text) {
  if (text.empty() || text.front() == ' ') return {};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::optional<std::vector<std::size_t>> as_classes(const std::string& text) {
  constexpr double kLargest = 1e9;
  std::vector<std::size_t> classes;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto value = as_number(text.substr(begin, end - begin));
    if (!value || *value < 0.0 || *value > kLargest || std::trunc(*value) != *value) return {};
    classes.push_back(static_cast<std::size_t>(*value));
    begin = end + 1;
  }
  return classes;
}

std::string short_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string range_of(const ParameterInfo& info) {
  const bool bounded_below = info.least > std::numeric_limits<double>::lowest();
  const bool bounded_above = info.most < std::numeric_limits<double>::max();
  if (bounded_below && bounded_above) {
    return " from " + short_text(info.least) + " to " + short_text(info.most);
  }
  if (bounded_below) return " from " + short_text(info.least) + " on";
  if (bounded_above) return " up to " + short_text(info.most);
  return "";
}

std::string validity(const ParameterInfo& info) {
  switch (info.type) {
    case ParameterType::Number: return "a number" + range_of(info);
    case ParameterType::Integer: return "a whole number" + range_of(info);
    case ParameterType::Classes: return "class indices separated by commas";
    case ParameterType::Choice: break;
  }
  std::string valid;
  for (const std::string_view choice : info.choices) {
    valid += valid.empty() ? "" : ", ";
    valid += choice;
  }
  return valid;
}

bool is_valid(const ParameterInfo& info, const std::string& text) {
  if (info.type == ParameterType::Choice) {
    return std::ranges::find(info.choices, text) != info.choices.end();
  }
  if (info.type == ParameterType::Classes) return as_classes(text).has_value();
  const auto value = as_number(text);
  if (!value || *value < info.least || *value > info.most) return false;
  return info.type == ParameterType::Number || (*value >= 0.0 && std::trunc(*value) == *value);
}

}  // namespace

std::string_view to_string(ParameterType type) {
  switch (type) {
    case ParameterType::Number: return "number";
    case ParameterType::Integer: return "integer";
    case ParameterType::Choice: return "choice";
    case ParameterType::Classes: return "classes";
  }
  return "choice";
}

Parameters::Parameters(std::span<const ParameterInfo> infos, const Settings& settings) {
  for (const ParameterInfo& info : infos) {
    const auto given = settings.find(std::string(info.name));
    if (given == settings.end()) {
      values_.emplace(info.name, info.fallback);
      continue;
    }
    if (!is_valid(info, given->second)) {
      throw Error(ErrorCode::InvalidOption,
                  "parameter '" + given->first + "' cannot be '" + given->second +
                      "'; valid: " + validity(info),
                  given->first);
    }
    values_.emplace(info.name, given->second);
  }
}

double Parameters::number(std::string_view name) const { return as_number(text(name)).value(); }

std::size_t Parameters::integer(std::string_view name) const {
  return static_cast<std::size_t>(number(name));
}

const std::string& Parameters::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  throw Error(ErrorCode::Internal, "nobody declared the parameter '" + std::string(name) + "'");
}

std::vector<std::size_t> Parameters::classes(std::string_view name) const {
  return as_classes(text(name)).value();
}

void refuse_unknown_settings(const Settings& settings, std::span<const ParameterOwner> owners) {
  for (const auto& [name, value] : settings) {
    std::string valid;
    bool known = false;
    for (const ParameterOwner& owner : owners) {
      for (const ParameterInfo& info : owner.parameters) {
        known = known || info.name == name;
        valid += valid.empty() ? "" : ", ";
        valid += info.name;
      }
    }
    if (known) continue;
    std::string who;
    for (const ParameterOwner& owner : owners) {
      who += who.empty() ? "" : ", ";
      who += std::string(owner.noun) + " '" + std::string(owner.name) + "'";
    }
    throw Error(ErrorCode::InvalidOption,
                "there is no parameter '" + name + "' in " + who + "; " +
                    (valid.empty() ? "they have none" : "valid: " + valid),
                name);
  }
}

}  // namespace relcam
