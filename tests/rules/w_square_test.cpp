#include <gtest/gtest.h>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;

TEST(WSquareRule, SharesBySquaredWeights) {
  const DenseRule layer(11);
  const auto message = [&](std::size_t i, std::size_t j) { return layer.w(j, i) * layer.w(j, i); };
  const auto rest = [&](std::size_t j) { return layer.b(j) * layer.b(j); };
  testing::expect_shares(layer.propagate(*make_rule("w-square", {})),
                         testing::shares(layer, message, rest, 1e-6));
}

}  // namespace
}  // namespace relcam
