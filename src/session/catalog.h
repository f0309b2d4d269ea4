#pragma once

#include <optional>
#include <string>
#include <vector>

namespace relcam {

/// A setting as menus and tables show it; see ParameterInfo.
struct CatalogParameter {
  std::string name;
  std::string type;  ///< "number", "integer", "choice" or "classes"
  std::string fallback;
  std::optional<double> least;  ///< absent: not bounded on this side
  std::optional<double> most;
  std::vector<std::string> choices;
  std::string summary;
};

/// A start, a composite or a rule.
struct CatalogEntry {
  std::string name;
  std::string summary;
  std::string paper;
  std::vector<CatalogParameter> parameters;
};

struct CatalogMethod : CatalogEntry {
  std::string family;  ///< "cam": a map of a layer; "attribution": what the input's elements did
  std::string signal;  ///< "gradient" or "relevance"; empty: activations alone
  std::string start;   ///< what holds when the request names none
  std::string composite;
  std::string layer;
  std::string fusion;              ///< empty: none
  std::vector<std::string> kinds;  ///< what `emit` may ask for; the first is the default
};

/// Everything a request can name, in the order of the rosters.
struct Catalog {
  std::vector<CatalogMethod> methods;
  std::vector<CatalogEntry> starts;
  std::vector<CatalogEntry> composites;
  std::vector<CatalogEntry> rules;
};

Catalog catalog();

}  // namespace relcam
