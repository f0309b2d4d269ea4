#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/constants.h"
#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();

NodeFixture constants(const std::string& type, Constant a, Constant b) {
  NodeFixture node(type);
  node.constant(std::move(a)).constant(std::move(b));
  return node;
}

TEST(Mul, SqueezeExciteGate) {
  const Shape shape = {2, 3, 2, 2};
  const auto x = random_floats(24, 1);
  const auto gate = random_floats(6, 2);
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Mul");
    node.live(shape).live({2, 3, 1, 1});
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.op().kind(node.view()), Kind::Gate);
    std::vector<float> expected;
    for (std::size_t i = 0; i < x.size(); ++i) expected.push_back(x[i] * gate[i / 4]);
    EXPECT_EQ(node.forward({x, gate})[0], expected);

    std::vector<float> to_gate(6, 0.0F);
    for (std::size_t i = 0; i < x.size(); ++i) to_gate[i / 4] += x[i];
    const auto gradients = node.vjp({x, gate}, {std::vector<float>(24, 1.0F)});
    expect_near(gradients[1], to_gate);
  }
}

TEST(Arithmetic, KindsDependOnWhatIsConstant) {
  const auto kind = [](const std::string& type, bool left_live, bool right_live) {
    NodeFixture node(type);
    for (const bool live : {left_live, right_live}) {
      live ? node.live({2}) : node.constant(Constant::from_floats({2}, {1.0F, 2.0F}));
    }
    return node.op().kind(node.view());
  };
  EXPECT_EQ(kind("Mul", true, true), Kind::Gate);
  EXPECT_EQ(kind("Mul", true, false), Kind::Affine);
  EXPECT_EQ(kind("Mul", false, true), Kind::Affine);
  EXPECT_EQ(kind("Div", true, false), Kind::Affine);
  EXPECT_EQ(kind("Div", false, true), Kind::Activation);
  EXPECT_EQ(kind("Div", true, true), Kind::Own);
  EXPECT_EQ(kind("Pow", true, false), Kind::Activation);
  EXPECT_EQ(kind("PRelu", true, false), Kind::Activation);
}

TEST(PRelu, SlopePerChannel) {
  NodeFixture node("PRelu");
  node.live({1, 2, 1, 2}).constant(Constant::from_floats({2, 1, 1}, {0.5F, 2.0F}));
  EXPECT_EQ(node.forward({{-1.0F, 1.0F, -1.0F, 1.0F}})[0], (std::vector<float>{-0.5F, 1, -2, 1}));
  NodeFixture wide("PRelu");
  wide.live({2}).constant(Constant::from_floats({3, 2}, std::vector<float>(6, 1.0F)));
  expect_error(ErrorCode::InvalidModel, "slope", [&] { wide.infer(); });
}

TEST(MaxAndMin, ShareTiesEqually) {
  NodeFixture node("Max");
  node.live({3}).live({3});
  EXPECT_EQ(node.forward({{1, 5, 2}, {3, 4, 2}})[0], (std::vector<float>{3, 5, 2}));
  const auto gradients = node.vjp({{1, 5, 2}, {3, 4, 2}}, {{1, 1, 1}});
  EXPECT_EQ(gradients[0], (std::vector<float>{0, 1, 0.5F}));
  EXPECT_EQ(gradients[1], (std::vector<float>{1, 0, 0.5F}));
  NodeFixture three("Min");
  three.live({1}).live({1}).live({1});
  EXPECT_EQ(run_node(three, {{3}, {1}, {2}})[0], (std::vector<float>{1}));
}

TEST(MaxAndMin, FoldAnyNumberOfInputs) {
  NodeFixture node("Max");
  node.constant(list({1, 9})).constant(list({4})).constant(list({3, 3}));
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{4, 9}));
  EXPECT_EQ(constants("Min", list({1, 9}), list({4})).fold()[0].ints(),
            (std::vector<std::int64_t>{1, 4}));
}

TEST(Div, TruncatesIntegersTowardsZero) {
  EXPECT_EQ(constants("Div", list({7, -7, 7, -7}), list({2, 2, -2, -2})).fold()[0].ints(),
            (std::vector<std::int64_t>{3, -3, -3, 3}));
  EXPECT_EQ(constants("Div", list({kLowest}), list({-1})).fold()[0].ints().front(), kLowest);
  expect_error(ErrorCode::InvalidModel, "zero",
               [] { constants("Div", list({1}), list({0})).fold(); });
}

TEST(Mul, WrapsAroundInsteadOfOverflowing) {
  EXPECT_EQ(constants("Mul", list({kLowest, 3}), list({-1, 5})).fold()[0].ints(),
            (std::vector<std::int64_t>{kLowest, 15}));
}

TEST(Pow, FoldsEveryMixOfTypes) {
  EXPECT_EQ(constants("Pow", list({2, -3, 2}), list({10, 3, -1})).fold()[0].ints(),
            (std::vector<std::int64_t>{1024, -27, 0}));
  const Constant half = Constant::from_floats({}, {0.5F});
  const Constant root = constants("Pow", list({9, 16, 4}), half).fold()[0];
  EXPECT_FALSE(is_floating(root.dtype()));
  EXPECT_EQ(root.ints(), (std::vector<std::int64_t>{3, 4, 2}));
  const Constant nine = Constant::from_floats({1}, {9.0F});
  EXPECT_EQ(constants("Pow", nine, list({2})).fold()[0].floats(), (std::vector<float>{81.0F}));
}

TEST(Pow, AtZero) {
  NodeFixture node("Pow");
  node.live({2}).constant(Constant::from_floats({2}, {2.0F, 3.0F}));
  EXPECT_EQ(node.forward({{0.0F, 0.0F}})[0], (std::vector<float>{0, 0}));
  EXPECT_EQ(node.vjp({{0.0F, 0.0F}}, {{1.0F, 1.0F}})[0], (std::vector<float>{0, 0}));
}

TEST(PRelu, Folds) {
  EXPECT_EQ(constants("PRelu", Constant::from_floats({2}, {-2.0F, 2.0F}),
                      Constant::from_floats({1}, {0.25F}))
                .fold()[0]
                .floats(),
            (std::vector<float>{-0.5F, 2.0F}));
}

}  // namespace
}  // namespace relcam::testing
