#include "kernels/winograd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "kernels/batched_winograd.h"
#include "kernels/xnnpack.h"

namespace relcam {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

ConvolutionShape shape_of(Extent2d input, std::size_t inputs, std::size_t outputs, Pads2d pads,
                          std::size_t batch = 1) {
  return {.batch = batch,
          .input = input,
          .output = {input.height + pads.top + pads.bottom - 2,
                     input.width + pads.left + pads.right - 2},
          .groups = 1,
          .group_inputs = inputs,
          .group_outputs = outputs,
          .window = {.kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .pads = pads}};
}

std::vector<float> draw(std::mt19937& random, std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  std::ranges::generate(values, [&] { return normal(random); });
  return values;
}

/// The convolution at one output, from its definition.
double direct(const ConvolutionShape& shape, const std::vector<float>& x,
              const std::vector<float>& weights, std::size_t image, std::size_t row,
              std::size_t column, std::size_t output) {
  double sum = 0.0;
  for (std::size_t tap = 0; tap < 9; ++tap) {
    const std::size_t y = row + tap / 3 - shape.window.pads.top;
    const std::size_t xx = column + tap % 3 - shape.window.pads.left;
    if (y >= shape.input.height || xx >= shape.input.width) continue;
    const std::size_t pixel = (image * shape.input.height + y) * shape.input.width + xx;
    for (std::size_t c = 0; c < shape.group_inputs; ++c) {
      sum += static_cast<double>(x[pixel * shape.group_inputs + c]) *
             static_cast<double>(weights[(output * shape.group_inputs + c) * 9 + tap]);
    }
  }
  return sum;
}

/// The kernels as a layer's own panels have them.
class PanelTiles final : public ColumnTiles {
 public:
  explicit PanelTiles(const WeightPanels& panels) : panels_(panels) {}

  void pack(std::size_t group, std::size_t column, std::size_t tiles, const DepthBlock& block,
            float* to) const override {
    for (std::size_t tile = 0; tile < tiles; ++tile, to += block_floats(block)) {
      pack_tile(group, column + tile * kColumnTile, block, to);
    }
  }

 private:
  void pack_tile(std::size_t group, std::size_t column, const DepthBlock& block, float* to) const {
    for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
      for (std::size_t k = block.begin; k < block.end; ++k) {
        for (std::size_t lane = 0; lane < kColumnTile; ++lane) {
          *to++ = weight(group, column + lane, tap, k);
        }
      }
    }
  }

  float weight(std::size_t group, std::size_t output, std::size_t tap, std::size_t input) const {
    const WeightShape& shape = panels_.shape();
    if (output >= shape.outputs) return 0.0F;
    const float* lanes = panels_.lanes(group, output / 4 * 4);
    return lanes[(tap * shape.inputs + input) * panels_.width() + output % 4];
  }

  const WeightPanels& panels_;
};

WeightPanels pack(const ConvolutionShape& shape, const std::vector<float>& weights) {
  const Constant constant =
      Constant::from_floats({static_cast<std::int64_t>(shape.group_outputs),
                             static_cast<std::int64_t>(shape.group_inputs), 3, 3},
                            weights);
  return {{.groups = 1, .inputs = shape.group_inputs, .outputs = shape.group_outputs, .taps = 9},
          {.values = constant},
          xnnpack_panel_width()};
}

/// The shape's images count as stacked samples where `per_call`: weights transformed for
/// the call, in so many pieces.
void expect_convolution(const ConvolutionShape& shape, std::size_t threads, float low, float high,
                        bool per_call = false, std::size_t pieces = 1) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<float> x = draw(random, shape.input_size());
  const std::vector<float> weights = draw(random, shape.group_outputs * shape.group_inputs * 9);
  const std::vector<float> bias = draw(random, shape.group_outputs);
  const WeightPanels panels = pack(shape, weights);
  const ThreadPool pool(threads);
  std::vector<float> y(shape.output_size(), std::nanf(""));
  if (per_call) {
    ConvolutionShape sample = shape;
    sample.batch = 1;
    const PanelTiles kernels(panels);
    for (std::size_t i = pieces; i-- > 0;) {
      BatchedWinograd(sample, kernels).run(x, bias, y, shape.batch, low, high, pool, {i, pieces});
    }
  } else {
    WinogradConvolution(shape, panels).run(x, bias, y, 1, low, high, pool);
  }

  std::size_t at = 0;
  for (std::size_t image = 0; image < shape.batch; ++image) {
    for (std::size_t row = 0; row < shape.output.height; ++row) {
      for (std::size_t column = 0; column < shape.output.width; ++column) {
        for (std::size_t output = 0; output < shape.group_outputs; ++output, ++at) {
          const double want = direct(shape, x, weights, image, row, column, output) +
                              static_cast<double>(bias[output]);
          const double clamped =
              std::clamp(want, static_cast<double>(low), static_cast<double>(high));
          ASSERT_NEAR(static_cast<double>(y[at]), clamped, 2e-3) << at;
        }
      }
    }
  }
}

TEST(Winograd, IsTheConvolution) {
  expect_convolution(shape_of({28, 28}, 32, 36, {1, 1, 1, 1}), 1, -kInfinity, kInfinity);
}

TEST(Winograd, HandlesEdgesThatFillNoTile) {
  expect_convolution(shape_of({31, 30}, 32, 32, {1, 1, 1, 1}), 2, -kInfinity, kInfinity);
  expect_convolution(shape_of({33, 32}, 36, 32, {0, 0, 0, 0}), 1, -kInfinity, kInfinity);
  expect_convolution(shape_of({29, 40}, 32, 44, {2, 0, 1, 2}), 2, -kInfinity, kInfinity);
}

TEST(Winograd, HandlesBatches) {
  expect_convolution(shape_of({28, 29}, 32, 32, {1, 1, 1, 1}, 3), 2, -kInfinity, kInfinity);
}

TEST(Winograd, TransformsWeightsForOneCall) {
  expect_convolution(shape_of({7, 7}, 36, 44, {1, 1, 1, 1}, 3), 1, -kInfinity, kInfinity, true);
  expect_convolution(shape_of({14, 9}, 32, 52, {0, 1, 1, 0}, 4), 2, 0.0F, 6.0F, true);
  // More images than are treated together.
  expect_convolution(shape_of({16, 16}, 64, 32, {1, 1, 1, 1}, 9), 2, -kInfinity, kInfinity, true);
}

/// Pieces of the tiles where they are more than the channels, else of the channels.
TEST(Winograd, MakesEveryOutputInOnePiece) {
  expect_convolution(shape_of({31, 30}, 36, 44, {1, 1, 1, 1}, 2), 2, -kInfinity, kInfinity, true,
                     3);
  expect_convolution(shape_of({9, 14}, 32, 76, {1, 1, 1, 1}), 1, -kInfinity, kInfinity, true, 3);
}

TEST(Winograd, SuitsBatchesThatFillEnoughTiles) {
  const ConvolutionShape small = shape_of({7, 7}, 512, 512, {1, 1, 1, 1});
  EXPECT_FALSE(BatchedWinograd::suits(small, 1));
  EXPECT_TRUE(BatchedWinograd::suits(small, 3));
  EXPECT_FALSE(BatchedWinograd::suits(shape_of({2, 2}, 512, 512, {1, 1, 1, 1}), 16));
}

TEST(Winograd, Clamps) {
  expect_convolution(shape_of({28, 28}, 32, 32, {1, 1, 1, 1}), 1, 0.0F, 6.0F);
}

/// As with any other convolution, a clamp makes no number of what is none.
TEST(Winograd, KeepsNaN) {
  const ConvolutionShape shape = shape_of({28, 28}, 32, 32, {1, 1, 1, 1});
  std::mt19937 random(1);
  std::vector<float> x = draw(random, shape.input_size());
  x[(5 * shape.input.width + 6) * shape.group_inputs] = std::nanf("");
  const WeightPanels panels = pack(shape, draw(random, shape.group_outputs * 32 * 9));
  const PanelTiles kernels(panels);
  const std::vector<float> bias(shape.group_outputs, 0.0F);
  const ThreadPool pool(1);
  std::vector<float> once(shape.output_size());
  std::vector<float> per_call(shape.output_size());
  WinogradConvolution(shape, panels).run(x, bias, once, 1, 0.0F, 6.0F, pool);
  BatchedWinograd(shape, kernels).run(x, bias, per_call, 1, 0.0F, 6.0F, pool);
  for (std::size_t row = 4; row <= 6; ++row) {
    for (std::size_t column = 5; column <= 7; ++column) {
      const std::size_t at = (row * shape.output.width + column) * shape.group_outputs;
      EXPECT_TRUE(std::isnan(once[at])) << row << ' ' << column;
      EXPECT_TRUE(std::isnan(per_call[at])) << row << ' ' << column;
    }
  }
}

TEST(Winograd, SuitsOnlyLargeMapsOfManyChannels) {
  EXPECT_TRUE(WinogradConvolution::suits(shape_of({56, 56}, 64, 64, {1, 1, 1, 1})));
  EXPECT_FALSE(WinogradConvolution::suits(shape_of({14, 14}, 256, 256, {1, 1, 1, 1})));
  EXPECT_FALSE(WinogradConvolution::suits(shape_of({224, 224}, 3, 64, {1, 1, 1, 1})));
  ConvolutionShape strided = shape_of({56, 56}, 64, 64, {1, 1, 1, 1});
  strided.window.stride = {2, 2};
  EXPECT_FALSE(WinogradConvolution::suits(strided));
}

}  // namespace
}  // namespace relcam
