#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace relcam {

/// The entry called `name`. Throws InvalidOption, listing the names there are; `noun` says what
/// they are names of and becomes the error's node.
template <class Entry>
const Entry& find_entry(std::span<const Entry> entries, std::string_view noun,
                        std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  if (found != entries.end()) return *found;
  std::string valid;
  for (const Entry& entry : entries) {
    valid += valid.empty() ? "" : ", ";
    valid += entry.name;
  }
  throw Error(ErrorCode::InvalidOption,
              "there is no " + std::string(noun) + " '" + std::string(name) + "'; valid: " + valid,
              std::string(noun));
}

}  // namespace relcam
