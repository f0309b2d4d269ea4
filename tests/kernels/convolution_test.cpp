#include "kernels/convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/constant.h"
#include "kernels/depthwise.h"
#include "support/linear_twin.h"

namespace relcam {
namespace {

using testing::Entry;
using testing::LinearTwin;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr unsigned kSeed = 20240607;

std::size_t output_of(std::size_t input, std::size_t kernel, std::size_t stride,
                      std::size_t dilation, std::size_t pads) {
  return (input + pads - (kernel - 1) * dilation - 1) / stride + 1;
}

ConvolutionShape with_outputs(ConvolutionShape shape) {
  const Window2d& w = shape.window;
  shape.output = {output_of(shape.input.height, w.kernel.height, w.stride.height, w.dilation.height,
                            w.pads.top + w.pads.bottom),
                  output_of(shape.input.width, w.kernel.width, w.stride.width, w.dilation.width,
                            w.pads.left + w.pads.right)};
  return shape;
}

std::string describe(const ConvolutionShape& s) {
  const auto text = [](std::size_t value) { return std::to_string(value) + " "; };
  const Window2d& w = s.window;
  return "batch " + text(s.batch) + "input " + text(s.input.height) + text(s.input.width) +
         "groups " + text(s.groups) + text(s.group_inputs) + text(s.group_outputs) + "kernel " +
         text(w.kernel.height) + text(w.kernel.width) + "stride " + text(w.stride.height) +
         text(w.stride.width) + "dilation " + text(w.dilation.height) + text(w.dilation.width) +
         "pads " + text(w.pads.top) + text(w.pads.left) + text(w.pads.bottom) + text(w.pads.right);
}

class Draw {
 public:
  explicit Draw(std::mt19937& random) : random_(random) {}
  std::size_t operator()(std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random_);
  }
  std::size_t channels() {
    constexpr std::size_t kChannels[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 17, 33};
    return kChannels[(*this)(0, std::size(kChannels) - 1)];
  }

 private:
  std::mt19937& random_;
};

ConvolutionShape random_shape(std::mt19937& random, bool depthwise) {
  Draw draw(random);
  ConvolutionShape shape;
  shape.batch = draw(1, 3);
  Window2d& w = shape.window;
  w.kernel = {draw(1, 4), draw(1, 4)};
  w.stride = {draw(1, 3), draw(1, 3)};
  w.dilation = {draw(1, 2), draw(1, 2)};
  w.pads = {draw(0, 3), draw(0, 3), draw(0, 3), draw(0, 3)};
  if (draw(0, 3) == 0) w = {};
  shape.input = {w.kernel.height * w.dilation.height + draw(0, 6),
                 w.kernel.width * w.dilation.width + draw(0, 6)};
  shape.groups = depthwise ? draw.channels() + 1 : draw(0, 2) == 0 ? draw(2, 4) : 1;
  shape.group_inputs = depthwise ? 1 : draw.channels();
  shape.group_outputs = depthwise ? 1 : draw.channels();
  return with_outputs(shape);
}

/// Every (output, input, weight) of the convolution, straight from its definition; weights are
/// [output channel][input channel of the group][tap].
LinearTwin twin_of(const ConvolutionShape& s, const std::vector<float>& weights) {
  std::vector<Entry> entries;
  const Window2d& w = s.window;
  const std::size_t taps = w.kernel.area();
  for (std::size_t n = 0; n < s.batch; ++n) {
    for (std::size_t oy = 0; oy < s.output.height; ++oy) {
      for (std::size_t ox = 0; ox < s.output.width; ++ox) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const std::size_t y =
              oy * w.stride.height + tap / w.kernel.width * w.dilation.height - w.pads.top;
          const std::size_t x =
              ox * w.stride.width + tap % w.kernel.width * w.dilation.width - w.pads.left;
          if (y >= s.input.height || x >= s.input.width) continue;
          const std::size_t from =
              ((n * s.input.height + y) * s.input.width + x) * s.input_channels();
          const std::size_t to =
              ((n * s.output.height + oy) * s.output.width + ox) * s.output_channels();
          for (std::size_t m = 0; m < s.output_channels(); ++m) {
            const std::size_t first = m / s.group_outputs * s.group_inputs;
            for (std::size_t c = 0; c < s.group_inputs; ++c) {
              entries.push_back(
                  {to + m, from + first + c,
                   static_cast<double>(weights[(m * s.group_inputs + c) * taps + tap])});
            }
          }
        }
      }
    }
  }
  return {std::move(entries), s.input_size(), s.output_size()};
}

template <typename Kernel>
void expect_forward(Kernel& kernel, const LinearTwin& twin, const std::vector<float>& bias,
                    std::mt19937& random) {
  std::vector<float> x = testing::random_vector(twin.inputs(), random);
  LinearTwin::Result want = twin.apply({WeightPart::Kind::All}, x);
  for (std::size_t i = 0; i < twin.outputs() && !bias.empty(); ++i) {
    want.value[i] += static_cast<double>(bias[i % bias.size()]);
    want.magnitude[i] += 1.0;
  }
  x.resize(x.size() + 16);
  const std::span<const float> input = std::span(x).first(twin.inputs());
  std::vector<float> y(twin.outputs());
  for (const auto& [low, high] : {std::pair{-kInfinity, kInfinity},
                                  {0.0F, kInfinity},
                                  {0.0F, 0.5F},
                                  {-kInfinity, kInfinity}}) {
    kernel.forward(input, y, 1, low, high);
    LinearTwin::Result clamped = want;
    for (double& value : clamped.value) {
      value = std::fmin(std::fmax(value, static_cast<double>(low)), static_cast<double>(high));
    }
    testing::expect_near(y, clamped, "forward");
  }
}

std::vector<float> random_weights(const ConvolutionShape& shape, std::mt19937& random) {
  return testing::random_vector(
      shape.output_channels() * shape.group_inputs * shape.window.kernel.area(), random);
}

Constant flat_constant(const std::vector<float>& values) {
  return Constant::from_floats({static_cast<std::int64_t>(values.size())}, values);
}

template <typename Kernel>
void expect_random_shapes(bool depthwise, std::size_t threads) {
  std::mt19937 random(kSeed);
  const ThreadPool pool(threads);
  const int cases = threads == 1 ? 60 : 10;
  for (int i = 0; i < cases && !::testing::Test::HasFailure(); ++i) {
    const ConvolutionShape shape = random_shape(random, depthwise);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " case " + std::to_string(i) + ": " +
                 describe(shape));
    const std::vector<float> weights = random_weights(shape, random);
    const std::vector<float> bias =
        i % 3 == 0 ? std::vector<float>() : testing::random_vector(shape.output_channels(), random);
    const Constant constant = flat_constant(weights);
    Kernel kernel(shape, {.values = constant, .bias = bias}, pool);
    const LinearTwin twin = twin_of(shape, weights);
    expect_forward(kernel, twin, bias, random);
    testing::expect_like_twin(kernel, twin, random);
    EXPECT_EQ(std::vector<float>(kernel.bias().begin(), kernel.bias().end()), bias);
  }
}

TEST(Convolution, EqualsItsDefinitionOnRandomShapes) {
  expect_random_shapes<Convolution>(false, 1);
}

TEST(Convolution, EqualsItsDefinitionOnTwoThreads) { expect_random_shapes<Convolution>(false, 2); }

TEST(DepthwiseConvolution, EqualsItsDefinitionOnRandomShapes) {
  expect_random_shapes<DepthwiseConvolution>(true, 1);
}

TEST(DepthwiseConvolution, EqualsItsDefinitionOnTwoThreads) {
  expect_random_shapes<DepthwiseConvolution>(true, 2);
}

/// Depths above one block of the summation, many row chunks, and the few rows of a classifier.
TEST(Convolution, EqualsItsDefinitionWhereWorkIsCutIntoBlocks) {
  std::mt19937 random(kSeed);
  const ThreadPool pool(2);
  const Window2d window = {
      .kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .pads = {1, 1, 1, 1}};
  const ConvolutionShape shapes[] = {
      with_outputs({.input = {1, 1}, .group_inputs = 1030, .group_outputs = 37}),
      with_outputs({.input = {1, 3}, .group_inputs = 259, .group_outputs = 300}),
      with_outputs({.input = {40, 40}, .group_inputs = 5, .group_outputs = 9}),
      with_outputs({.input = {5, 4}, .group_inputs = 270, .group_outputs = 12, .window = window}),
      with_outputs({.input = {6, 7}, .group_inputs = 40, .group_outputs = 261, .window = window})};
  for (const ConvolutionShape& shape : shapes) {
    SCOPED_TRACE(describe(shape));
    const std::vector<float> weights = random_weights(shape, random);
    const Constant constant = flat_constant(weights);
    Convolution convolution(shape, {.values = constant}, pool);
    const LinearTwin twin = twin_of(shape, weights);
    expect_forward(convolution, twin, {}, random);
    testing::expect_like_twin(convolution, twin, random);
  }
}

/// Winograd's filtering errs by some 1e-5 of the largest result.
TEST(Convolution, TakesStackedVectorsBackByWinogradsFiltering) {
  std::mt19937 random(kSeed);
  const ThreadPool pool(2);
  const auto shape_of = [](Extent2d input, std::size_t outputs, Pads2d pads) {
    return with_outputs(
        {.input = input,
         .group_inputs = 36,
         .group_outputs = outputs,
         .window = {.kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .pads = pads}});
  };
  for (const ConvolutionShape& shape :
       {shape_of({12, 14}, 44, {1, 1, 1, 1}), shape_of({12, 9}, 32, {0, 2, 1, 1}),
        shape_of({7, 7}, 32, {2, 2, 2, 2})}) {
    SCOPED_TRACE(describe(shape));
    const std::vector<float> weights = random_weights(shape, random);
    const Constant constant = flat_constant(weights);
    Convolution convolution(shape, {.values = constant}, pool);
    const LinearTwin twin = twin_of(shape, weights);
    constexpr std::size_t kCount = 5;
    for (const WeightPart part :
         {WeightPart{WeightPart::Kind::All}, WeightPart{WeightPart::Kind::Positive}}) {
      const std::vector<float> s = testing::random_vector(kCount * twin.outputs(), random);
      std::vector<float> r(kCount * twin.inputs());
      convolution.adjoint(part, s, r, kCount, Write::Assign);
      const LinearTwin::Result want = twin.adjoint(part, s, kCount);
      const double largest = std::fabs(
          *std::ranges::max_element(want.value, {}, [](double value) { return std::fabs(value); }));
      for (std::size_t i = 0; i < r.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(r[i]), want.value[i], 2e-5 * largest) << i;
      }
    }
  }
}

/// Every element is written by one piece, as the whole writes it.
void expect_pieces(Convolution& convolution, const ConvolutionShape& shape, std::mt19937& random) {
  constexpr WeightPart kPart{WeightPart::Kind::Positive};
  constexpr std::size_t kPieces = 3;
  const std::vector<float> x = testing::random_vector(shape.input_size(), random);
  const std::vector<float> s = testing::random_vector(shape.output_size(), random);
  std::vector<float> z(shape.output_size(), std::nanf(""));
  std::vector<float> r(shape.input_size(), std::nanf(""));
  for (const std::size_t index : {2U, 0U, 1U}) {
    convolution.apply_piece(kPart, x, z, Write::Assign, {index, kPieces});
    convolution.adjoint_piece(kPart, s, r, Write::Assign, {index, kPieces});
  }
  std::vector<float> whole_z(z.size());
  std::vector<float> whole_r(r.size());
  convolution.apply(kPart, x, whole_z, Write::Assign);
  convolution.adjoint(kPart, s, whole_r, 1, Write::Assign);
  for (std::size_t i = 0; i < z.size(); ++i) ASSERT_NEAR(z[i], whole_z[i], 1e-4F) << i;
  for (std::size_t i = 0; i < r.size(); ++i) ASSERT_NEAR(r[i], whole_r[i], 1e-4F) << i;
}

TEST(Convolution, ComesToTheSameInPieces) {
  std::mt19937 random(kSeed);
  const ThreadPool pool(2);
  for (int i = 0; i < 20; ++i) {
    const ConvolutionShape shape = random_shape(random, false);
    SCOPED_TRACE(describe(shape));
    const std::vector<float> weights = random_weights(shape, random);
    const Constant constant = flat_constant(weights);
    Convolution convolution(shape, {.values = constant}, pool);
    EXPECT_EQ(convolution.pieces(), 1U);
    expect_pieces(convolution, shape, random);
  }
}

/// VGG-16's second convolution and its last: 1.85 and 0.46 thousand million products.
TEST(Convolution, IsCutWhereItIsHeavy) {
  const ThreadPool pool(1);
  const Window2d window = {
      .kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .pads = {1, 1, 1, 1}};
  const auto pieces_of = [&](std::size_t side, std::size_t channels) {
    const std::vector<float> weights(9 * channels * channels);
    const Constant constant = flat_constant(weights);
    const ConvolutionShape shape = with_outputs({.input = {side, side},
                                                 .group_inputs = channels,
                                                 .group_outputs = channels,
                                                 .window = window});
    const Convolution convolution(shape, {.values = constant}, pool);
    EXPECT_GE(convolution.most_stacked(), 1U);
    return convolution.pieces();
  };
  EXPECT_EQ(pieces_of(224, 64), 4U);
  EXPECT_EQ(pieces_of(14, 512), 1U);
}

TEST(Convolution, ReadsWeightsWithInputsFirstAndScalesThem) {
  const ThreadPool pool(1);
  const Constant weights = Constant::from_floats({2, 3}, {1, 2, 3, 4, 5, 6});
  Convolution product({.group_inputs = 2, .group_outputs = 3},
                      {.values = weights, .order = WeightSource::Order::InputsFirst, .scale = 2.0F},
                      pool);
  std::vector<float> x = {1, 10};
  std::vector<float> z(3);
  product.apply({WeightPart::Kind::All}, x, z, Write::Assign);
  EXPECT_EQ(z, (std::vector<float>{82, 104, 126}));
}

}  // namespace
}  // namespace relcam
