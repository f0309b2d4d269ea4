#include <gtest/gtest.h>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;
using testing::plus;

constexpr auto kNothing = [](std::size_t) { return 0.0; };

TEST(ZPlusRule, SharesByPositiveContributions) {
  const DenseRule layer(6);
  const auto message = [&](std::size_t i, std::size_t j) {
    return plus(layer.w(j, i) * layer.a(i));
  };
  const auto positive_bias = [&](std::size_t j) { return plus(layer.b(j)); };
  testing::expect_shares(layer.propagate(*make_rule("z-plus", {})),
                         testing::shares(layer, message, positive_bias, 1e-6));
  testing::expect_shares(layer.propagate(*make_rule("z-plus", {{"bias", "none"}})),
                         testing::shares(layer, message, kNothing, 1e-6));
}

}  // namespace
}  // namespace relcam
