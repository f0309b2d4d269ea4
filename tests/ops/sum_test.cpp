#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(Add, BroadcastsBothWays) {
  NodeFixture node("Add");
  node.live({2, 1}).live({3});
  EXPECT_EQ(node.forward({{10.0F, 20.0F}, {1.0F, 2.0F, 3.0F}})[0],
            (std::vector<float>{11, 12, 13, 21, 22, 23}));
  EXPECT_EQ(node.logical_output_shape(0), (Shape{2, 3}));
}

TEST(Add, IsASumOfLiveValuesAndAffineWithAConstant) {
  NodeFixture live("Add");
  live.live({2}).live({2});
  EXPECT_EQ(live.op().kind(live.view()), Kind::Sum);
  NodeFixture constant("Add");
  constant.live({2}).constant(Constant::from_floats({2}, {1.0F, 2.0F}));
  EXPECT_EQ(constant.op().kind(constant.view()), Kind::Affine);
}

TEST(Add, ManyChannelsOnSeveralThreads) {
  constexpr std::int64_t kHeight = 61;
  constexpr std::int64_t kChannels = 37;
  const Shape shape = {1, kChannels, kHeight, kHeight};
  const std::size_t count = element_count(shape);
  const auto x = random_floats(count, 1);
  const auto bias = random_floats(kChannels, 2);
  NodeFixture node("Add");
  node.live(shape).constant(Constant::from_floats({kChannels, 1, 1}, bias)).channels_last();
  std::vector<float> expected(count);
  for (std::size_t i = 0; i < count; ++i) {
    expected[i] = x[i] + bias[i / (kHeight * kHeight)];
  }
  EXPECT_EQ(node.forward({x})[0], expected);
}

TEST(Sub, SignsAndGradient) {
  NodeFixture node("Sub");
  node.live({2}).live({1});
  EXPECT_EQ(node.forward({{5.0F, 7.0F}, {2.0F}})[0], (std::vector<float>{3.0F, 5.0F}));
  const auto signs = node.prepared().signs();
  EXPECT_EQ(std::vector<float>(signs.begin(), signs.end()), (std::vector<float>{1.0F, -1.0F}));
  const auto gradients = node.vjp({{5.0F, 7.0F}, {2.0F}}, {{1.0F, 10.0F}});
  EXPECT_EQ(gradients[0], (std::vector<float>{1.0F, 10.0F}));
  EXPECT_EQ(gradients[1], (std::vector<float>{-11.0F}));
}

TEST(Sum, OfThreeWithAConstantHasNoSignForIt) {
  NodeFixture node("Sum");
  node.live({2}).constant(Constant::from_floats({1}, {100.0F})).live({2});
  EXPECT_EQ(node.forward({{1.0F, 2.0F}, {10.0F, 20.0F}})[0], (std::vector<float>{111.0F, 122.0F}));
  EXPECT_EQ(node.op().kind(node.view()), Kind::Sum);
  const auto signs = node.prepared().signs();
  EXPECT_EQ(std::vector<float>(signs.begin(), signs.end()), (std::vector<float>{1, 0, 1}));
}

TEST(Mean, WeighsItsInputsEqually) {
  NodeFixture node("Mean");
  node.live({1}).live({1}).live({1});
  expect_near(node.forward({{3.0F}, {6.0F}, {0.0F}})[0], {3.0F});
  NodeFixture constant("Mean");
  constant.constant(Constant::from_floats({1}, {1.0F})).constant(Constant::from_floats({}, {2.0F}));
  EXPECT_EQ(constant.fold()[0].floats(), (std::vector<float>{1.5F}));
}

TEST(Sum, FoldsInItsOwnType) {
  NodeFixture node("Sum");
  node.constant(Constant::from_ints({2}, {1LL << 40, -1}))
      .constant(Constant::from_ints({}, {1}))
      .constant(Constant::from_ints({1}, {5}));
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{(1LL << 40) + 6, 5}));
  NodeFixture sub("Sub");
  sub.constant(Constant::from_ints({}, {std::numeric_limits<std::int64_t>::min()}))
      .constant(Constant::from_ints({}, {1}));
  EXPECT_EQ(sub.fold()[0].ints().front(), std::numeric_limits<std::int64_t>::max());
}

TEST(Add, RefusesShapesAndTypesThatDoNotFit) {
  NodeFixture shapes("Add");
  shapes.live({2, 3}).live({2});
  expect_error(ErrorCode::InvalidModel, "do not broadcast", [&] { shapes.infer(); });
  NodeFixture types("Add");
  types.live({2}).live({2}, DType::Int64);
  expect_error(ErrorCode::InvalidModel, "mix", [&] { types.infer(); });
  NodeFixture huge("Add");
  huge.live({1 << 20, 1}).live({1, 1 << 20});
  expect_error(ErrorCode::InvalidModel, "too large", [&] { huge.infer(); });
}

TEST(Add, CannotFollowChannelsLastWithALiveVector) {
  NodeFixture vector("Add");
  vector.live({1, 3, 2, 2}).live({2});
  EXPECT_FALSE(vector.op().follows(vector.view()));
  NodeFixture images("Add");
  images.live({1, 3, 2, 2}).live({1, 3, 1, 1});
  EXPECT_TRUE(images.op().follows(images.view()));
}

}  // namespace
}  // namespace relcam::testing
