#include <gtest/gtest.h>

#include <limits>

#include "support/constants.h"
#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Integers = std::vector<std::int64_t>;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

/// x[start:end:step] of 0, 1, ..., 9.
Integers sliced(std::int64_t start, std::int64_t end, std::int64_t step) {
  Integers digits = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  NodeFixture node("Slice");
  node.constant(list(digits))
      .constant(list({start}))
      .constant(list({end}))
      .constant(list({0}))
      .constant(list({step}));
  return node.fold()[0].ints();
}

/// What Python prints for the same slices.
TEST(Slice, ClampsAndCountsAsNumPyDoes) {
  EXPECT_EQ(sliced(2, 5, 1), (Integers{2, 3, 4}));
  EXPECT_EQ(sliced(0, kMost, 1).size(), 10U);
  EXPECT_EQ(sliced(-3, kMost, 1), (Integers{7, 8, 9}));
  EXPECT_EQ(sliced(1, 8, 3), (Integers{1, 4, 7}));
  EXPECT_EQ(sliced(1000, 2000, 1), (Integers{}));
  EXPECT_EQ(sliced(-1000, 2, 1), (Integers{0, 1}));
  EXPECT_EQ(sliced(5, 2, 1), (Integers{}));
  EXPECT_EQ(sliced(-1, kLeast, -1), (Integers{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(sliced(8, 1, -3), (Integers{8, 5, 2}));
  EXPECT_EQ(sliced(1000, 6, -2), (Integers{9, 7}));
  EXPECT_EQ(sliced(0, 5, kMost), (Integers{0}));
  EXPECT_EQ(sliced(9, kLeast, kLeast), (Integers{9}));
}

TEST(Slice, ColoursOfAnImageInBothLayouts) {
  const auto x = random_floats(3 * 4, 1);
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Slice");
    node.live({1, 3, 2, 2})
        .constant(list({-1}))
        .constant(list({kLeast}))
        .constant(list({1}))
        .constant(list({-2}));
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({x})[0],
              (std::vector<float>{x[8], x[9], x[10], x[11], x[0], x[1], x[2], x[3]}));
    EXPECT_EQ(node.vjp({x}, {{1, 2, 3, 4, 5, 6, 7, 8}})[0],
              (std::vector<float>{5, 6, 7, 8, 0, 0, 0, 0, 1, 2, 3, 4}));
  }
}

TEST(Slice, AttributesBeforeOpset10) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Slice", 9);
    node.live({1, 1, 2, 2})
        .attribute("starts", Integers{1})
        .attribute("ends", Integers{2})
        .attribute("axes", Integers{3});
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{1, 2, 3, 4}})[0], (std::vector<float>{2, 4}));
  }
}

TEST(Slice, AxesAreOptionalInBothLayouts) {
  for (const bool channels_last : {false, true}) {
    NodeFixture node("Slice");
    node.live({1, 2, 2, 1}).constant(list({0, 1})).constant(list({1, 2}));
    if (channels_last) node.channels_last();
    EXPECT_EQ(node.forward({{1, 2, 3, 4}})[0], (std::vector<float>{3, 4}));
  }
}

TEST(Slice, RefusesBadParameters) {
  const auto expect_refused = [](Integers starts, Integers ends, Integers axes, Integers steps) {
    NodeFixture node("Slice");
    node.live({4, 4})
        .constant(list(std::move(starts)))
        .constant(list(std::move(ends)))
        .constant(list(std::move(axes)))
        .constant(list(std::move(steps)));
    expect_error(ErrorCode::InvalidModel, "", [&] { node.infer(); });
  };
  expect_refused({0}, {1}, {0}, {0});
  expect_refused({0}, {1}, {2}, {1});
  expect_refused({0, 0}, {1}, {0}, {1});
  expect_refused({0, 0}, {1, 1}, {0, 0}, {1, 1});
  expect_refused({0, 0, 0}, {1, 1, 1}, {}, {});
}

}  // namespace
}  // namespace relcam::testing
