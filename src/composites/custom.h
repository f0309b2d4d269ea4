#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/parameters.h"
#include "composites/composite.h"

namespace relcam {

/// One row of a composite that a user writes.
struct RuleRow {
  std::string op_type = {};  ///< ONNX operator; empty: any
  std::string tensor = {};   ///< name of the node's output with wildcards * and ?; empty: any
  std::string position =
      "any";                 ///< "any"; "first" or "last": linear nodes without one before, after
  std::string rule = {};     ///< of the roster of rules
  Settings parameters = {};  ///< of the rule

  bool operator==(const RuleRow&) const = default;
};

/// What results call such a composite.
inline constexpr std::string_view kCustomComposite = "custom";

/// The rows in their order, first match wins, followed by the structural rows. Throws InvalidOption
/// naming the row, counted from 1, and what is valid.
Composite make_custom_composite(std::span<const RuleRow> rows);

/// Whether `pattern` describes all of `text`: * stands for any characters, ? for one.
bool matches_wildcards(std::string_view pattern, std::string_view text);

}  // namespace relcam
