#include <gtest/gtest.h>

#include <algorithm>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;
using testing::minus;
using testing::plus;

TEST(GammaRule, FavoursContributionsOfTheOutputsSign) {
  constexpr double kGamma = 0.25;
  const DenseRule layer(7);
  const auto favoured = [&](double value, std::size_t j) {
    return value + kGamma * (layer.z(j) > 0.0 ? plus(value) : minus(value));
  };
  const auto message = [&](std::size_t i, std::size_t j) {
    return favoured(layer.w(j, i) * layer.a(i), j);
  };
  const auto rest = [&](std::size_t j) { return favoured(layer.b(j), j); };
  testing::expect_shares(layer.propagate(*make_rule("gamma", {})),
                         testing::shares(layer, message, rest, 1e-6));
}

TEST(GammaRule, GivesNoShareWhereTheOutputIsZero) {
  DenseRule layer(8);
  std::ranges::fill(layer.x, 0.0F);
  std::ranges::fill(layer.bias, 0.0F);
  for (const float value : layer.propagate(*make_rule("gamma", {}))) EXPECT_EQ(value, 0.0F);
}

}  // namespace
}  // namespace relcam
