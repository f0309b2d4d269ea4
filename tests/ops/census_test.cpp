#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "ops/op.h"
#include "support/test_data.h"

namespace relcam {
namespace {

/// They answer with boxes: no classifiers.
bool is_detector(const std::string& model) {
  constexpr auto kFamilies = std::to_array<std::string_view>(
      {"fasterrcnn", "fcos", "keypointrcnn", "maskrcnn", "retinanet", "ssd"});
  return std::ranges::any_of(kFamilies,
                             [&](std::string_view family) { return model.starts_with(family); });
}

/// Constant nodes become initialisers when a file is read.
bool is_supported(const std::string& type) {
  return type == "Constant" || find_op(type, "") != nullptr;
}

/// What people export: the operators of some 600 published classifiers.
TEST(Census, NearlyAllPublishedClassifiersHaveSupportedOperatorsOnly) {
  std::ifstream file(testing::test_data() / "census" / "operators.txt");
  std::size_t models = 0;
  std::size_t covered = 0;
  std::map<std::string, std::size_t> missing;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string model;
    words >> model;
    if (model.starts_with('#') || is_detector(model)) continue;
    bool complete = true;
    for (std::string type; words >> type;) {
      if (is_supported(type)) continue;
      complete = false;
      ++missing[type];
    }
    ++models;
    covered += complete ? 1 : 0;
  }
  ASSERT_GT(models, 590U);
  const double share = 100.0 * static_cast<double>(covered) / static_cast<double>(models);
  std::cout << "census: the operators of " << covered << " of " << models
            << " published classifiers are supported (" << share << " %); missing:";
  for (const auto& [type, count] : missing) std::cout << ' ' << type << " (" << count << ')';
  std::cout << '\n';
  EXPECT_GE(share, 99.0);
}

}  // namespace
}  // namespace relcam
