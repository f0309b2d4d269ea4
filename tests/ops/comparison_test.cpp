#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Integers compared(const std::string& type, Constant a, Constant b) {
  NodeFixture node(type);
  node.constant(std::move(a)).constant(std::move(b));
  EXPECT_EQ(node.infer()[0].dtype, DType::Bool);
  const Constant result = node.fold()[0];
  EXPECT_EQ(result.dtype(), DType::Bool);
  return result.ints();
}

TEST(Comparison, Integers64AreComparedExactly) {
  const Constant a = Constant::from_ints({3}, {(1LL << 53) + 1, 2, 3});
  const Constant b = Constant::from_ints({3}, {1LL << 53, 2, 4});
  EXPECT_EQ(compared("Equal", a, b), (Integers{0, 1, 0}));
  EXPECT_EQ(compared("Greater", a, b), (Integers{1, 0, 0}));
  EXPECT_EQ(compared("GreaterOrEqual", a, b), (Integers{1, 1, 0}));
  EXPECT_EQ(compared("Less", a, b), (Integers{0, 0, 1}));
  EXPECT_EQ(compared("LessOrEqual", a, b), (Integers{0, 1, 1}));
}

TEST(Comparison, FloatsBroadcast) {
  EXPECT_EQ(compared("Less", Constant::from_floats({2, 1}, {0.25F, 0.75F}),
                     Constant::from_floats({2}, {0.5F, 1.0F})),
            (Integers{1, 1, 0, 1}));
}

TEST(Comparison, Logic) {
  const Constant a = Constant::from_bools({4}, {0, 0, 1, 1});
  const Constant b = Constant::from_bools({4}, {0, 1, 0, 1});
  EXPECT_EQ(compared("And", a, b), (Integers{0, 0, 0, 1}));
  EXPECT_EQ(compared("Or", a, b), (Integers{0, 1, 1, 1}));
  EXPECT_EQ(compared("Xor", a, b), (Integers{0, 1, 1, 0}));
  NodeFixture inverse("Not");
  inverse.constant(a);
  EXPECT_EQ(inverse.fold()[0].ints(), (Integers{1, 1, 0, 0}));
}

TEST(Comparison, FindsNaN) {
  NodeFixture node("IsNaN");
  node.constant(Constant::from_floats({2}, {std::nanf(""), 1.0F}));
  EXPECT_EQ(node.fold()[0].ints(), (Integers{1, 0}));
}

TEST(Comparison, RefusesMixedTypes) {
  NodeFixture node("Equal");
  node.constant(Constant::from_floats({1}, {1.0F})).constant(Constant::from_ints({1}, {1}));
  expect_error(ErrorCode::InvalidModel, "mix", [&] { node.infer(); });
}

TEST(Comparison, ExistsOnConstantsOnly) {
  for (const char* type : {"Equal", "Not", "Where", "Mod", "NonZero", "ArgMax", "TopK"}) {
    EXPECT_EQ(find_op(type, "")->prepare, nullptr) << type;
  }
}

}  // namespace
}  // namespace relcam::testing
