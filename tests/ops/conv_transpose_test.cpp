#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/run_node.h"

namespace relcam::testing {
namespace {

struct Window {
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  std::int64_t output_padding = 0;
  std::int64_t group = 1;
};

constexpr std::int64_t kSide = 4;
constexpr std::int64_t kKernel = 3;
constexpr std::int64_t kInputs = 4;
constexpr std::int64_t kGroupOutputs = 3;

std::int64_t output_side(const Window& w) {
  return (kSide - 1) * w.stride + (kKernel - 1) * w.dilation + 1 + w.output_padding - w.pad_begin -
         w.pad_end;
}

/// Every input pixel adds the kernel times itself to the output, from stride times its place on.
std::vector<float> scattered(const Window& w, const std::vector<float>& x,
                             const std::vector<float>& weights, const std::vector<float>& bias) {
  const std::int64_t side = output_side(w);
  const std::int64_t outputs = w.group * kGroupOutputs;
  std::vector<float> y(static_cast<std::size_t>(outputs * side * side));
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = bias[i / static_cast<std::size_t>(side * side)];
  }
  const auto at = [](std::int64_t i) { return static_cast<std::size_t>(i); };
  for (std::int64_t c = 0; c < kInputs; ++c) {
    const std::int64_t first = c / (kInputs / w.group) * kGroupOutputs;
    for (std::int64_t p = 0; p < kSide * kSide; ++p) {
      for (std::int64_t o = 0; o < kGroupOutputs; ++o) {
        for (std::int64_t k = 0; k < kKernel * kKernel; ++k) {
          const std::int64_t row = p / kSide * w.stride + k / kKernel * w.dilation - w.pad_begin;
          const std::int64_t column = p % kSide * w.stride + k % kKernel * w.dilation - w.pad_begin;
          if (row < 0 || row >= side || column < 0 || column >= side) continue;
          y[at(((first + o) * side + row) * side + column)] +=
              x[at(c * kSide * kSide + p)] *
              weights[at((c * kGroupOutputs + o) * kKernel * kKernel + k)];
        }
      }
    }
  }
  return y;
}

TEST(ConvTranspose, ScattersItsKernel) {
  const std::vector<Window> windows = {
      {},
      {.stride = 2},
      {.stride = 2, .pad_begin = 1, .pad_end = 1, .output_padding = 1},
      {.stride = 3, .pad_begin = 0, .pad_end = 2, .output_padding = 2},
      {.dilation = 2, .pad_begin = 1, .pad_end = 2},
      {.stride = 2, .pad_begin = 3, .pad_end = 3},
      {.stride = 2, .dilation = 2, .pad_begin = 1, .pad_end = 0, .group = 2},
  };
  for (const Window& w : windows) {
    const Shape shape = {kInputs, kGroupOutputs, kKernel, kKernel};
    const std::vector<float> weights = random_floats(element_count(shape), 3);
    const std::vector<float> bias =
        random_floats(static_cast<std::size_t>(w.group * kGroupOutputs), 5);
    NodeFixture node("ConvTranspose");
    node.live({1, kInputs, kSide, kSide})
        .constant(Constant::from_floats(shape, weights))
        .constant(Constant::from_floats({w.group * kGroupOutputs}, bias))
        .attribute("group", w.group)
        .attribute("strides", std::vector<std::int64_t>(2, w.stride))
        .attribute("dilations", std::vector<std::int64_t>(2, w.dilation))
        .attribute("output_padding", std::vector<std::int64_t>(2, w.output_padding))
        .attribute("pads",
                   std::vector<std::int64_t>{w.pad_begin, w.pad_begin, w.pad_end, w.pad_end});
    const auto x = random_floats(kInputs * kSide * kSide, 7);
    expect_near(run_node(node, {x})[0], scattered(w, x, weights, bias), 1e-5F);
  }
}

TEST(ConvTranspose, RefusesWhatDoesNotFit) {
  NodeFixture channels("ConvTranspose");
  channels.live({1, 2, 4, 4})
      .constant(Constant::from_floats({3, 1, 1, 1}, std::vector<float>{1, 2, 3}));
  expect_refused(channels, ErrorCode::InvalidModel, "do not fit");
  NodeFixture strides("ConvTranspose");
  strides.live({1, 1, 4, 4})
      .constant(Constant::from_floats({1, 1, 1, 1}, {1}))
      .attribute("strides", std::vector<std::int64_t>{0, 1});
  expect_refused(strides, ErrorCode::InvalidModel, "strides");
  NodeFixture volume("ConvTranspose");
  volume.live({1, 1, 2, 2, 2}).constant(Constant::from_floats({1, 1, 1, 1, 1}, {1}));
  expect_refused(volume, ErrorCode::UnsupportedOperator, "rank 4");
}

}  // namespace
}  // namespace relcam::testing
