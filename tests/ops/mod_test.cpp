#include <gtest/gtest.h>

#include <limits>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

NodeFixture node_of(Integers a, Integers b, bool fmod) {
  NodeFixture node("Mod");
  node.constant(list(std::move(a)))
      .constant(list(std::move(b)))
      .attribute("fmod", std::int64_t{fmod ? 1 : 0});
  return node;
}

/// The examples of the ONNX page.
TEST(Mod, SignsOfDividendAndDivisor) {
  const Integers a = {-4, 7, 5, 4, -7, 8};
  const Integers b = {2, -3, 8, -2, 3, 5};
  EXPECT_EQ(node_of(a, b, false).fold()[0].ints(), (Integers{0, -2, 5, 0, 2, 3}));
  EXPECT_EQ(node_of(a, b, true).fold()[0].ints(), (Integers{0, 1, 5, 0, -1, 3}));
}

TEST(Mod, Floats) {
  NodeFixture node("Mod");
  node.constant(Constant::from_floats({2}, {-4.5F, 7.5F}))
      .constant(Constant::from_floats({}, {2.0F}))
      .attribute("fmod", std::int64_t{1});
  EXPECT_EQ(node.fold()[0].floats(), (std::vector<float>{-0.5F, 1.5F}));
}

TEST(Mod, RefusesZeroAndSurvivesTheLowest) {
  expect_error(ErrorCode::InvalidModel, "zero", [] { node_of({1}, {0}, false).fold(); });
  EXPECT_EQ(node_of({std::numeric_limits<std::int64_t>::min()}, {-1}, true).fold()[0].ints(),
            (Integers{0}));
}

}  // namespace
}  // namespace relcam::testing
