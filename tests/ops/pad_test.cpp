#include <gtest/gtest.h>

#include <array>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;

std::vector<float> padded(const std::string& mode, Integers pads) {
  NodeFixture node("Pad", 19);
  node.live({4}).constant(list(std::move(pads))).attribute("mode", mode);
  return node.forward({{1, 2, 3, 4}})[0];
}

TEST(Pad, EveryMode) {
  EXPECT_EQ(padded("constant", {1, 2}), (std::vector<float>{0, 1, 2, 3, 4, 0, 0}));
  EXPECT_EQ(padded("edge", {2, 1}), (std::vector<float>{1, 1, 1, 2, 3, 4, 4}));
  EXPECT_EQ(padded("reflect", {2, 1}), (std::vector<float>{3, 2, 1, 2, 3, 4, 3}));
  EXPECT_EQ(padded("wrap", {1, 2}), (std::vector<float>{4, 1, 2, 3, 4, 1, 2}));
  EXPECT_EQ(padded("constant", {-1, -2}), (std::vector<float>{2}));
}

TEST(Pad, ImageInBothLayouts) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Pad", 13);
    node.live({1, 2, 1, 1})
        .constant(list({0, 0, 0, 1, 0, 1, 0, 0}))
        .constant(Constant::from_floats({}, {9.0F}));
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{1, 2}})[0], (std::vector<float>{9, 1, 9, 2, 9, 9}));
    EXPECT_EQ(node.vjp({{1, 2}}, {{1, 2, 3, 4, 5, 6}})[0], (std::vector<float>{2, 4}));
  }
}

TEST(Pad, AxesSinceOpset18) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Pad", 18);
    node.live({1, 1, 1, 2}).constant(list({1, 0})).omitted().constant(list({-1}));
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{3, 4}})[0], (std::vector<float>{0, 3, 4}));
  }
}

TEST(Pad, AttributesBeforeOpset11) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Pad", 10);
    node.live({1, 1, 1, 2})
        .attribute("pads", Integers{0, 0, 0, 1, 0, 0, 0, 0})
        .attribute("value", 5.0F);
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{3, 4}})[0], (std::vector<float>{5, 3, 4}));
  }
}

TEST(Pad, Folds) {
  NodeFixture node("Pad");
  node.constant(list({1, 2})).constant(list({1, 1})).constant(Constant::from_ints({}, {7}));
  EXPECT_EQ(node.fold()[0].ints(), (Integers{7, 1, 2, 7}));
}

TEST(Pad, PromisesASignOnlyForNonNegativePadding) {
  NodeFixture node("Pad", 10);
  node.live({1}).attribute("pads", Integers{1, 0}).attribute("value", -1.0F);
  const std::array<bool, 1> inputs{true};
  EXPECT_FALSE(node.op().non_negative(node.view(), inputs));
}

TEST(Pad, RefusesBadPads) {
  const auto expect_refused = [](const std::string& mode, Integers pads) {
    NodeFixture node("Pad");
    node.live({3}).constant(list(std::move(pads))).attribute("mode", mode);
    expect_error(ErrorCode::InvalidModel, "", [&] { node.infer(); });
  };
  expect_refused("constant", {1});
  expect_refused("constant", {-2, -2});
  expect_refused("constant", {1LL << 62, 1LL << 62});
  expect_refused("reflect", {3, 0});
  expect_refused("wrap", {0, 4});
  expect_refused("mirror", {0, 0});
}

}  // namespace
}  // namespace relcam::testing
