#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

using Ints = std::vector<std::int64_t>;

NodeFixture padded_pool(bool counts_padding) {
  NodeFixture node("AveragePool");
  node.live({1, 1, 1, 3}).attribute("kernel_shape", Ints{1, 2}).attribute("pads", Ints{0, 1, 0, 1});
  node.attribute("count_include_pad", std::int64_t{counts_padding ? 1 : 0});
  return node;
}

TEST(AveragePool, DividesByWhatItCounts) {
  const std::vector<float> x = {2, 4, 8};
  EXPECT_EQ(padded_pool(false).forward({x})[0], (std::vector<float>{2, 3, 6, 8}));
  EXPECT_EQ(padded_pool(true).forward({x})[0], (std::vector<float>{1, 3, 6, 4}));
  EXPECT_EQ(padded_pool(true).vjp({x}, {{2, 20, 200, 2000}})[0],
            (std::vector<float>{11, 110, 1100}));
}

TEST(AveragePool, CeilModeNeverCountsBeyondThePadding) {
  NodeFixture node("AveragePool");
  node.live({1, 1, 1, 4}).attribute("kernel_shape", Ints{1, 3}).attribute("strides", Ints{1, 2});
  node.attribute("ceil_mode", std::int64_t{1}).attribute("count_include_pad", std::int64_t{1});
  EXPECT_EQ(node.forward({{3, 6, 9, 12}})[0], (std::vector<float>{6, 10.5F}));
}

TEST(AveragePool, AutoPadSame) {
  NodeFixture node("AveragePool");
  node.live({1, 1, 1, 3}).attribute("kernel_shape", Ints{1, 2});
  node.attribute("auto_pad", std::string("SAME_UPPER"));
  EXPECT_EQ(node.forward({{2, 4, 8}})[0], (std::vector<float>{3, 6, 8}));
}

TEST(AveragePool, IsAMapWithoutNegativeWeights) {
  NodeFixture node = padded_pool(false);
  EXPECT_EQ(node.op().kind(node.view()), Kind::Pool);
  EXPECT_FALSE(node.prepared().linear()->has_negative_weights());
}

TEST(AveragePool, RefusesHostileAttributes) {
  NodeFixture strides = padded_pool(false);
  strides.attribute("strides", Ints{0, 0});
  expect_error(ErrorCode::InvalidModel, "strides", [&] { strides.infer(); });
  NodeFixture pads = padded_pool(false);
  pads.attribute("pads", Ints{0, 2, 0, 1});
  expect_error(ErrorCode::InvalidModel, "pads", [&] { pads.infer(); });
}

}  // namespace
}  // namespace relcam::testing
