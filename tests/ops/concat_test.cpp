#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

TEST(Concat, ChannelsInBothLayouts) {
  const auto a = random_floats(2 * 1 * 6, 1);
  const auto b = random_floats(2 * 2 * 6, 2);
  const auto fixed = random_floats(2 * 1 * 6, 3);
  std::vector<float> expected;
  for (std::size_t n = 0; n < 2; ++n) {
    expected.insert(expected.end(), &a[n * 6], &a[n * 6] + 6);
    expected.insert(expected.end(), &fixed[n * 6], &fixed[n * 6] + 6);
    expected.insert(expected.end(), &b[n * 12], &b[n * 12] + 12);
  }
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Concat");
    node.live({2, 1, 2, 3})
        .constant(Constant::from_floats({2, 1, 2, 3}, fixed))
        .live({2, 2, 2, 3})
        .attribute("axis", std::int64_t{-3});
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({a, b})[0], expected);
    const auto gradients = node.vjp({a, b}, {expected});
    EXPECT_EQ(gradients[0], a);
    EXPECT_EQ(gradients[1], b);
  }
}

TEST(Concat, FoldsShapes) {
  NodeFixture node("Concat");
  node.constant(Constant::from_ints({1}, {1LL << 40}))
      .constant(Constant::from_ints({2}, {-1, 7}))
      .attribute("axis", std::int64_t{0});
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{1LL << 40, -1, 7}));
}

TEST(Concat, FoldsFoldedPartsWithInitialisersOfNarrowerTypes) {
  const std::byte bytes[] = {std::byte{3}, std::byte{250}};
  NodeFixture node("Concat");
  node.constant(Constant(DType::Int8, {2}, bytes, nullptr))
      .constant(Constant::from_ints({1}, {1000}))
      .attribute("axis", std::int64_t{0});
  EXPECT_EQ(node.fold()[0].ints(), (std::vector<std::int64_t>{3, -6, 1000}));
}

TEST(Concat, RefusesPartsThatDoNotFit) {
  NodeFixture sides("Concat");
  sides.live({1, 2}).live({2, 2}).attribute("axis", std::int64_t{1});
  expect_error(ErrorCode::InvalidModel, "differ", [&] { sides.infer(); });
  NodeFixture ranks("Concat");
  ranks.live({2}).live({2, 2}).attribute("axis", std::int64_t{0});
  expect_error(ErrorCode::InvalidModel, "rank", [&] { ranks.infer(); });
  NodeFixture axisless("Concat");
  axisless.live({2});
  expect_error(ErrorCode::InvalidModel, "'axis'", [&] { axisless.infer(); });
  NodeFixture empty("Concat");
  empty.attribute("axis", std::int64_t{0});
  expect_error(ErrorCode::InvalidModel, "missing", [&] { empty.infer(); });
}

}  // namespace
}  // namespace relcam::testing
