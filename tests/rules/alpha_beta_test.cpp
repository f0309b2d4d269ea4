#include <gtest/gtest.h>

#include "base/error.h"
#include "rules/rule_entry.h"
#include "support/dense_rule.h"
#include "support/refusal.h"

namespace relcam {
namespace {

using testing::DenseRule;
using testing::minus;
using testing::plus;

TEST(AlphaBetaRule, TakesLoweringSharesOffRaisingOnes) {
  const DenseRule layer(9);
  const auto raising = [&](std::size_t i, std::size_t j) {
    return plus(layer.w(j, i) * layer.a(i));
  };
  const auto lowering = [&](std::size_t i, std::size_t j) {
    return minus(layer.w(j, i) * layer.a(i));
  };
  const auto raised =
      testing::shares(layer, raising, [&](std::size_t j) { return plus(layer.b(j)); }, 1e-6);
  const auto lowered =
      testing::shares(layer, lowering, [&](std::size_t j) { return minus(layer.b(j)); }, 1e-6);
  for (const double beta : {0.0, 1.0, 0.5}) {
    std::vector<double> want;
    for (std::size_t i = 0; i < raised.size(); ++i) {
      want.push_back((1.0 + beta) * raised[i] - beta * lowered[i]);
    }
    const auto rule = make_rule(
        "alpha-beta", {{"alpha", std::to_string(1.0 + beta)}, {"beta", std::to_string(beta)}});
    testing::expect_shares(layer.propagate(*rule), want);
  }
}

TEST(AlphaBetaRule, RefusesFactorsThatDoNotDifferByOne) {
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [] { make_rule("alpha-beta", {{"alpha", "3"}}); });
  EXPECT_NE(message.find("alpha is 3 and beta is 1"), std::string::npos) << message;
}

}  // namespace
}  // namespace relcam
