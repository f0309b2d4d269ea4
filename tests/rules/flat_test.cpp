#include <gtest/gtest.h>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;

constexpr auto kNothing = [](std::size_t) { return 0.0; };

TEST(FlatRule, SharesEvenly) {
  const DenseRule layer(12);
  const auto message = [](std::size_t, std::size_t) { return 1.0; };
  testing::expect_shares(layer.propagate(*make_rule("flat", {})),
                         testing::shares(layer, message, kNothing, 1e-6));
}

}  // namespace
}  // namespace relcam
