#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "ops/op.h"
#include "support/test_data.h"

namespace relcam {
namespace {

/// Every `name` between backticks in the first column of the page's table.
std::multiset<std::string> documented() {
  const auto root = testing::test_data().parent_path().parent_path();
  std::ifstream page(root / "docs" / "operators.md");
  std::multiset<std::string> names;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(0, line.find('|', 1));
    for (std::size_t open = cell.find('`'); open != std::string::npos;) {
      const std::size_t close = cell.find('`', open + 1);
      names.insert(cell.substr(open + 1, close - open - 1));
      open = cell.find('`', close + 1);
    }
  }
  return names;
}

TEST(OperatorsPage, ListsTheRoster) {
  std::multiset<std::string> roster;
  for (const Op* op : all_ops()) {
    const std::string domain = op->domain.empty() ? "" : std::string(op->domain) + ".";
    roster.insert(domain + std::string(op->type));
  }
  EXPECT_EQ(documented(), roster);
}

}  // namespace
}  // namespace relcam
