#include "session/catalog.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>

#include "base/parameters.h"
#include "composites/composite.h"
#include "methods/method.h"
#include "rules/rule_entry.h"
#include "session/explain_request.h"
#include "starts/start.h"

namespace relcam {

namespace {

CatalogParameter describe(const ParameterInfo& info) {
  CatalogParameter parameter{.name = std::string(info.name),
                             .type = std::string(to_string(info.type)),
                             .fallback = std::string(info.fallback),
                             .least = std::nullopt,
                             .most = std::nullopt,
                             .choices = {info.choices.begin(), info.choices.end()},
                             .summary = std::string(info.summary)};
  if (info.least > std::numeric_limits<double>::lowest()) parameter.least = info.least;
  if (info.most < std::numeric_limits<double>::max()) parameter.most = info.most;
  return parameter;
}

template <class Item>
CatalogEntry describe_entry(const Item& item) {
  CatalogEntry entry{.name = std::string(item.name),
                     .summary = std::string(item.summary),
                     .paper = std::string(item.paper),
                     .parameters = {}};
  std::ranges::transform(item.parameters, std::back_inserter(entry.parameters), describe);
  return entry;
}

/// Maps of the model's input, such as RISE's, attribute to the input as arrays of its shape do.
std::string_view family_of(const Method& method) {
  return method.makes_maps() && method.default_layer != "input" ? "cam" : "attribution";
}

CatalogMethod describe_method(const Method& method) {
  return {describe_entry(method),
          std::string(family_of(method)),
          std::string(to_string(method.signal)),
          std::string(method.default_start),
          std::string(method.default_composite),
          std::string(method.default_layer),
          std::string(method.default_fusion),
          kinds_of(method)};
}

template <class Item>
std::vector<CatalogEntry> describe_entries(std::span<const Item> items) {
  std::vector<CatalogEntry> entries;
  std::ranges::transform(items, std::back_inserter(entries), describe_entry<Item>);
  return entries;
}

}  // namespace

Catalog catalog() {
  Catalog result{.methods = {},
                 .starts = describe_entries(all_starts()),
                 .composites = describe_entries(all_composites()),
                 .rules = describe_entries(all_rules())};
  std::ranges::transform(all_methods(), std::back_inserter(result.methods), describe_method);
  return result;
}

}  // namespace relcam
