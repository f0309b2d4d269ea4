#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relcam {

enum class ParameterType : std::uint8_t {
  Number,   ///< any finite number
  Integer,  ///< a whole number >= 0
  Choice,   ///< one of a list of words
  Classes   ///< class indices, separated by commas; may be empty
};

/// "number", "integer", "choice" or "classes".
std::string_view to_string(ParameterType type);

/// A setting that users give by name, as the catalogue lists it.
struct ParameterInfo {
  std::string_view name;
  ParameterType type = ParameterType::Number;
  std::string_view fallback;                             ///< the default, spelled as a user would
  double least = std::numeric_limits<double>::lowest();  ///< Number, Integer: smallest valid
  double most = std::numeric_limits<double>::max();      ///< and largest
  std::vector<std::string_view> choices = {};
  std::string_view summary;
};

/// Settings as the user wrote them.
using Settings = std::map<std::string, std::string>;

/// Valid values for a list of parameters, defaults filled in.
class Parameters {
 public:
  Parameters() = default;
  /// Takes from `settings` what `infos` name; other settings belong to somebody else. Throws
  /// InvalidOption naming the parameter and what is valid.
  Parameters(std::span<const ParameterInfo> infos, const Settings& settings);

  double number(std::string_view name) const;
  std::size_t integer(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  std::vector<std::size_t> classes(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// Somebody who has parameters: `noun` and `name` as in "method 'grad-cam'".
struct ParameterOwner {
  std::string_view noun;
  std::string_view name;
  std::span<const ParameterInfo> parameters;
};

/// Throws InvalidOption for a setting that none of the owners has, listing those they have.
void refuse_unknown_settings(const Settings& settings, std::span<const ParameterOwner> owners);

}  // namespace relcam
