#include <gtest/gtest.h>

#include "rules/rule_entry.h"
#include "support/dense_rule.h"

namespace relcam {
namespace {

using testing::DenseRule;
using testing::minus;
using testing::plus;

constexpr auto kNothing = [](std::size_t) { return 0.0; };

TEST(ZBoxRule, SharesByTheDistanceFromTheBox) {
  const DenseRule layer(10);
  const double low = static_cast<double>(layer.low.front());
  const double high = static_cast<double>(layer.high.front());
  const auto message = [&](std::size_t i, std::size_t j) {
    const double w = layer.w(j, i);
    return w * layer.a(i) - plus(w) * low - minus(w) * high;
  };
  testing::expect_shares(layer.propagate(*make_rule("z-box", {})),
                         testing::shares(layer, message, kNothing, 1e-6));
}

}  // namespace
}  // namespace relcam
