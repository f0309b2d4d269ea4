#include "session/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/parameters.h"
#include "composites/composite.h"
#include "methods/method.h"
#include "rules/rule_entry.h"
#include "starts/start.h"

namespace relcam {
namespace {

template <class Entry>
std::set<std::string> names_of(const std::vector<Entry>& entries) {
  std::set<std::string> names;
  for (const Entry& entry : entries) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name << " is listed twice";
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.paper.empty()) << entry.name;
  }
  return names;
}

template <class Item>
std::set<std::string> roster_names(std::span<const Item> items) {
  std::set<std::string> names;
  for (const Item& item : items) names.insert(std::string(item.name));
  return names;
}

TEST(Catalog, ListsEveryRoster) {
  const Catalog all = catalog();
  EXPECT_EQ(names_of(all.methods), roster_names(all_methods()));
  EXPECT_EQ(names_of(all.starts), roster_names(all_starts()));
  EXPECT_EQ(names_of(all.composites), roster_names(all_composites()));
  EXPECT_EQ(names_of(all.rules), roster_names(all_rules()));
}

TEST(Catalog, MethodsNameDefaultsThatExist) {
  const Catalog all = catalog();
  const auto starts = names_of(all.starts);
  const auto composites = names_of(all.composites);
  for (const CatalogMethod& method : all.methods) {
    EXPECT_TRUE(starts.contains(method.start)) << method.name;
    EXPECT_TRUE(composites.contains(method.composite)) << method.name;
    EXPECT_FALSE(method.layer.empty()) << method.name;
    ASSERT_FALSE(method.kinds.empty()) << method.name;
    const bool maps_layers = method.kinds.front() == "cam" && method.layer != "input";
    EXPECT_EQ(method.family, maps_layers ? "cam" : "attribution") << method.name;
    EXPECT_EQ(std::ranges::count(method.kinds, "relevance"), method.signal == "relevance" ? 1 : 0);
  }
}

TEST(Catalog, FilesMapsOfTheInputWithTheAttributions) {
  const Catalog all = catalog();
  const auto rise = std::ranges::find(all.methods, "rise", &CatalogMethod::name);
  ASSERT_NE(rise, all.methods.end());
  EXPECT_EQ(rise->family, "attribution");
  EXPECT_EQ(rise->kinds.front(), "cam");
}

template <class Entry>
void expect_valid_defaults(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    for (const CatalogParameter& parameter : entry.parameters) {
      EXPECT_FALSE(parameter.summary.empty()) << entry.name << " " << parameter.name;
      if (parameter.type == "choice") {
        EXPECT_EQ(std::ranges::count(parameter.choices, parameter.fallback), 1)
            << entry.name << " " << parameter.name;
      }
      if (parameter.type == "number" || parameter.type == "integer") {
        const double fallback = std::stod(parameter.fallback);
        EXPECT_GE(fallback, parameter.least.value_or(fallback)) << parameter.name;
        EXPECT_LE(fallback, parameter.most.value_or(fallback)) << parameter.name;
      }
    }
  }
}

TEST(Catalog, ParametersHaveValidDefaults) {
  const Catalog all = catalog();
  expect_valid_defaults(all.methods);
  expect_valid_defaults(all.starts);
  expect_valid_defaults(all.composites);
  expect_valid_defaults(all.rules);
}

TEST(Catalog, BoundsThatDoNotBindAreAbsent) {
  const Catalog all = catalog();
  const auto find = [](const auto& entries, std::string_view name) {
    return *std::ranges::find(entries, name, &CatalogEntry::name);
  };
  const CatalogEntry code = find(all.composites, "relevance-cam-code");
  ASSERT_FALSE(code.parameters.empty());
  EXPECT_EQ(code.parameters.front().type, "choice");
  EXPECT_FALSE(code.parameters.front().least.has_value());
  EXPECT_FALSE(code.parameters.front().most.has_value());
}

}  // namespace
}  // namespace relcam
