#include <gtest/gtest.h>

#include <cmath>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

NodeFixture node_of(Shape shape, std::int64_t size) {
  NodeFixture node("LRN");
  node.live(std::move(shape))
      .attribute("size", size)
      .attribute("alpha", 0.3F)
      .attribute("beta", 0.6F)
      .attribute("bias", 1.5F);
  return node;
}

/// The window of a channel begins floor((size - 1) / 2) channels before it.
std::vector<float> twin(const std::vector<float>& x, std::int64_t channels, std::int64_t pixels,
                        std::int64_t size) {
  std::vector<float> y(x.size());
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(x.size()); ++i) {
    const std::int64_t channel = i / pixels % channels;
    float squares = 0.0F;
    for (std::int64_t k = channel - (size - 1) / 2; k <= channel + size / 2; ++k) {
      if (k < 0 || k >= channels) continue;
      const float value = x[static_cast<std::size_t>(i + (k - channel) * pixels)];
      squares += value * value;
    }
    const float scale = 1.5F + 0.3F / static_cast<float>(size) * squares;
    y[static_cast<std::size_t>(i)] = x[static_cast<std::size_t>(i)] / std::pow(scale, 0.6F);
  }
  return y;
}

TEST(LRN, DividesByTheNeighbourhoodOfChannels) {
  const auto x = random_floats(2 * 5 * 6, 3, -3.0F, 3.0F);
  for (const std::int64_t size : {1, 2, 3, 4, 7}) {
    expect_near(node_of({2, 5, 2, 3}, size).forward({x})[0], twin(x, 5, 6, size), 1e-5F);
    expect_near(run_node(node_of({2, 5, 6}, size), {x})[0], twin(x, 5, 6, size), 1e-5F);
  }
}

TEST(LRN, RefusesAnEmptyWindow) {
  NodeFixture node = node_of({1, 2, 2, 2}, 0);
  expect_error(ErrorCode::InvalidModel, "size", [&] { node.infer(); });
}

}  // namespace
}  // namespace relcam::testing
