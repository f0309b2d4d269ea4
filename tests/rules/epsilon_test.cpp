#include <gtest/gtest.h>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;

TEST(EpsilonRule, SharesByContributionAndLetsTheBiasAbsorb) {
  for (const double epsilon : {1e-6, 0.25}) {
    const DenseRule layer(5);
    const auto message = [&](std::size_t i, std::size_t j) { return layer.w(j, i) * layer.a(i); };
    const auto rest = [&](std::size_t j) { return layer.b(j); };
    const auto rule = make_rule("epsilon", {{"epsilon", std::to_string(epsilon)}});
    testing::expect_shares(layer.propagate(*rule), testing::shares(layer, message, rest, epsilon));
  }
}

}  // namespace
}  // namespace relcam
