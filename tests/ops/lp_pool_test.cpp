#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

TEST(LpPool, RootOfTheSumOfPowersWithinTheWindow) {
  NodeFixture node("LpPool", 18);
  node.live({1, 1, 3, 3})
      .attribute("kernel_shape", std::vector<std::int64_t>{2, 2})
      .attribute("pads", std::vector<std::int64_t>{0, 0, 0, 1})
      .attribute("p", std::int64_t{3});
  const auto root = [](std::initializer_list<double> values) {
    double sum = 0.0;
    for (const double value : values) sum += std::pow(std::fabs(value), 3.0);
    return static_cast<float>(std::cbrt(sum));
  };
  expect_near(run_node(node, {{1, -2, 3, 0, 0, 4, -5, 1, 2}})[0],
              {root({1, -2, 0, 0}), root({-2, 3, 0, 4}), root({3, 4}), root({0, 0, -5, 1}),
               root({0, 4, 1, 2}), root({4, 2})},
              1e-5F);
}

TEST(GlobalLpPool, IsTheNormOfEachChannel) {
  NodeFixture node("GlobalLpPool");
  node.live({1, 2, 1, 2});
  expect_near(run_node(node, {{3, -4, 0, 0}})[0], {5, 0}, 1e-6F);
}

TEST(LpPool, RefusesAnExponentBelow1) {
  NodeFixture node("LpPool");
  node.live({1, 1, 2, 2}).attribute("p", std::int64_t{0});
  expect_refused(node, ErrorCode::InvalidModel, "its p");
}

}  // namespace
}  // namespace relcam::testing
