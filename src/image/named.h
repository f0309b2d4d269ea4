#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace relcam {

/// One choice of an option under its public spelling; tables of these feed catalogs and parsers.
template <class T>
struct Named {
  std::string_view name;
  T value;
};

/// The value called `name` in `choices`. Throws InvalidOption, listing the names, when there is
/// none; `option` is the option's public name.
template <class T>
const T& value_by_name(std::string_view option, std::span<const Named<T>> choices,
                       std::string_view name) {
  std::string names;
  for (const Named<T>& choice : choices) {
    if (choice.name == name) return choice.value;
    if (!names.empty()) names += ", ";
    names += choice.name;
  }
  throw Error(ErrorCode::InvalidOption,
              "option " + std::string(option) + " cannot be '" + std::string(name) +
                  "'; choose one of: " + names,
              std::string(option));
}

}  // namespace relcam
