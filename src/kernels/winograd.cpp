#include "kernels/winograd.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "kernels/simd.h"
#include "kernels/xnnpack.h"
#include "xnnpack/config.h"
#include "xnnpack/microfnptr.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Outputs along a side of a tile, inputs along a side, and products of a tile.
constexpr std::size_t kOutputSide = 4;
constexpr std::size_t kInputSide = 6;
constexpr std::size_t kProducts = kInputSide * kInputSide;
/// Positions of the kernel.
constexpr std::size_t kTaps = 9;

/// Transformed inputs and products of one block of tiles should stay in the second-level cache.
constexpr std::size_t kBlockFloats = std::size_t{1} << 18;
/// The weights of one call of the product should stay in the first-level cache.
constexpr std::size_t kPanelFloats = std::size_t{1} << 12;

using Side = std::array<f32x4, kInputSide>;

/// B^T d for one row or column of six.
Side transform_input(const Side& d) {
  const f32x4 four = simd::splat(4.0F);
  const f32x4 two = simd::splat(2.0F);
  const f32x4 even = d[4] - four * d[2];
  const f32x4 odd = d[3] - four * d[1];
  const f32x4 even_rest = d[4] - d[2];
  const f32x4 odd_rest = two * (d[3] - d[1]);
  return {four * (d[0] - d[2]) + even_rest,
          even + odd,
          even - odd,
          even_rest + odd_rest,
          even_rest - odd_rest,
          four * (d[1] - d[3]) + (d[5] - d[3])};
}

/// G g for one row or column of three.
Side transform_kernel(f32x4 a, f32x4 b, f32x4 c) {
  const f32x4 sixth = simd::splat(1.0F / 6.0F);
  const f32x4 outer = a + c;
  const f32x4 far = simd::splat(1.0F / 24.0F) * a + sixth * c;
  const f32x4 middle = simd::splat(1.0F / 12.0F) * b;
  return {simd::splat(0.25F) * a, simd::zero() - sixth * (outer + b),
          sixth * (b - outer),    far + middle,
          far - middle,           c};
}

/// A^T m for one row or column of six.
std::array<f32x4, kOutputSide> transform_output(const Side& m) {
  const f32x4 near_sum = m[1] + m[2];
  const f32x4 near_difference = m[1] - m[2];
  const f32x4 far_sum = m[3] + m[4];
  const f32x4 far_difference = m[3] - m[4];
  return {m[0] + near_sum + far_sum, near_difference + simd::splat(2.0F) * far_difference,
          near_sum + simd::splat(4.0F) * far_sum,
          near_difference + simd::splat(8.0F) * far_difference + m[5]};
}

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// The tiles of a convolution, counted over all images in row-major order.
struct TileGrid {
  TileGrid(const ConvolutionShape& shape, std::size_t images)
      : rows(divide_up(shape.output.height, kOutputSide)),
        columns(divide_up(shape.output.width, kOutputSide)),
        count(images * rows * columns) {}

  std::size_t rows;
  std::size_t columns;
  std::size_t count;
};

/// Where a tile's outputs begin.
struct TilePlace {
  TilePlace(const TileGrid& grid, std::size_t tile)
      : image(tile / (grid.rows * grid.columns)),
        y(tile / grid.columns % grid.rows * kOutputSide),
        x(tile % grid.columns * kOutputSide) {}

  std::size_t image;
  std::size_t y;
  std::size_t x;
};

/// Channels of input pixels of a tile; those outside the image point at zeros.
using TilePixels = std::array<const float*, kProducts>;

TilePixels locate_inputs(const ConvolutionShape& shape, const TilePlace& place, const float* x,
                         const float* zeros) {
  TilePixels pixels;
  for (std::size_t i = 0; i < kProducts; ++i) {
    // Unsigned wrap-around puts what lies before the image beyond it.
    const std::size_t row = place.y + i / kInputSide - shape.window.pads.top;
    const std::size_t column = place.x + i % kInputSide - shape.window.pads.left;
    const bool inside = row < shape.input.height && column < shape.input.width;
    const std::size_t index = (place.image * shape.input.height + row) * shape.input.width + column;
    pixels[i] = inside ? x + index * shape.group_inputs : zeros;
  }
  return pixels;
}

/// Writes the 36 transformed values of a tile's channels at to[product * stride + channel].
void transform_tile(const TilePixels& pixels, std::size_t channels, float* to, std::size_t stride) {
  for (std::size_t c = 0; c < channels; c += 4) {
    std::array<Side, kInputSide> columns;
    for (std::size_t j = 0; j < kInputSide; ++j) {
      Side column;
      for (std::size_t i = 0; i < kInputSide; ++i) {
        column[i] = simd::load(pixels[i * kInputSide + j] + c);
      }
      columns[j] = transform_input(column);
    }
    for (std::size_t i = 0; i < kInputSide; ++i) {
      Side row;
      for (std::size_t j = 0; j < kInputSide; ++j) row[j] = columns[j][i];
      const Side transformed = transform_input(row);
      for (std::size_t j = 0; j < kInputSide; ++j) {
        simd::store(to + (i * kInputSide + j) * stride + c, transformed[j]);
      }
    }
  }
}

struct Finish {
  const float* bias;  ///< may be null
  f32x4 low;
  f32x4 high;
};

/// Output channels [begin, end).
struct ChannelRange {
  std::size_t begin;
  std::size_t end;

  std::size_t size() const { return end - begin; }
};

/// Writes some outputs of a tile from its products at from[product * stride + channel -
/// range.begin].
void finish_tile(const ConvolutionShape& shape, const TilePlace& place, ChannelRange range,
                 const float* from, std::size_t stride, const Finish& finish, float* y) {
  const std::size_t rows = std::min(kOutputSide, shape.output.height - place.y);
  const std::size_t columns = std::min(kOutputSide, shape.output.width - place.x);
  const std::size_t channels = shape.group_outputs;
  const std::size_t first =
      (place.image * shape.output.height + place.y) * shape.output.width + place.x;
  for (std::size_t c = range.begin; c < range.end; c += 4) {
    std::array<std::array<f32x4, kOutputSide>, kInputSide> halves;
    for (std::size_t j = 0; j < kInputSide; ++j) {
      Side column;
      for (std::size_t i = 0; i < kInputSide; ++i) {
        column[i] = simd::load(from + (i * kInputSide + j) * stride + c - range.begin);
      }
      halves[j] = transform_output(column);
    }
    const f32x4 bias = finish.bias == nullptr ? simd::zero() : simd::load(finish.bias + c);
    for (std::size_t i = 0; i < rows; ++i) {
      Side row;
      for (std::size_t j = 0; j < kInputSide; ++j) row[j] = halves[j][i];
      const auto outputs = transform_output(row);
      float* to = y + (first + i * shape.output.width) * channels + c;
      for (std::size_t j = 0; j < columns; ++j) {
        const f32x4 value = simd::min(simd::max(outputs[j] + bias, finish.low), finish.high);
        simd::store(to + j * channels, value);
      }
    }
  }
}

/// XNNPACK's matrix product: c[row][column] = sum over k of a[row][k] * w[k][column].
class Product {
 public:
  Product(std::size_t depth, std::size_t columns) : depth_(depth), columns_(columns) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    config_->init.f32(&params_, -kInfinity, kInfinity);
  }

  void run(std::size_t rows, const float* a, const float* weights, float* c) const {
    const std::size_t width = config_->nr;
    const std::size_t step = std::max<std::size_t>(kPanelFloats / depth_ / width, 1) * width;
    for (std::size_t column = 0; column < columns_; column += step) {
      const float* panel = weights + column * (depth_ + 1);
      const std::size_t count = std::min(step, columns_ - column);
      for (std::size_t row = 0; row < rows; row += config_->mr) {
        call(std::min<std::size_t>(config_->mr, rows - row), count, a + row * depth_, panel,
             c + row * columns_ + column);
      }
    }
  }

 private:
  void call(std::size_t rows, std::size_t count, const float* a, const float* panel,
            float* c) const {
    const auto kernel = reinterpret_cast<xnn_f32_gemm_minmax_ukernel_fn>(
        config_->minmax.gemm[config_->mr - 1].function[XNN_UARCH_DEFAULT]);
    kernel(rows, count, depth_ * sizeof(float), a, depth_ * sizeof(float), panel, c,
           columns_ * sizeof(float), config_->nr * sizeof(float), &params_);
  }

  const xnn_gemm_config* config_ = xnn_init_f32_gemm_config();
  std::size_t depth_;
  std::size_t columns_;
  xnn_f32_minmax_params params_;
};

/// Where the weights of four output channels lie: those of (tap, input) at
/// first[(tap * inputs + input) * stride].
struct Lanes {
  const float* first;
  std::size_t stride;
};

/// Writes the 36 transformed matrices of some output channels, each packed in panels of `width`
/// channels with zeros in the place of the biases, one after the other. lanes_of(output) gives the
/// Lanes of four of them.
template <typename LanesOf>
void transform_kernels(const LanesOf& lanes_of, std::size_t width, std::size_t inputs,
                       ChannelRange range, float* to) {
  const std::size_t panel_size = (inputs + 1) * width;
  const std::size_t matrix_size = divide_up(range.size(), width) * panel_size;
  std::fill_n(to, kProducts * matrix_size, 0.0F);
  for (std::size_t output = range.begin; output < range.end; output += 4) {
    const Lanes lanes = lanes_of(output);
    const std::size_t at = output - range.begin;
    float* column = to + at / width * panel_size + width + at % width;
    for (std::size_t c = 0; c < inputs; ++c) {
      const auto weight = [&](std::size_t tap) {
        return simd::load(lanes.first + (tap * inputs + c) * lanes.stride);
      };
      const std::array<Side, 3> columns{transform_kernel(weight(0), weight(3), weight(6)),
                                        transform_kernel(weight(1), weight(4), weight(7)),
                                        transform_kernel(weight(2), weight(5), weight(8))};
      for (std::size_t i = 0; i < kInputSide; ++i) {
        const Side row = transform_kernel(columns[0][i], columns[1][i], columns[2][i]);
        for (std::size_t j = 0; j < kInputSide; ++j) {
          simd::store(column + (i * kInputSide + j) * matrix_size + c * width, row[j]);
        }
      }
    }
  }
}

/// The form that the transforms are made for.
bool has_form(const ConvolutionShape& shape) {
  constexpr std::size_t kFewestChannels = 32;
  const Window2d& window = shape.window;
  const bool form = shape.groups == 1 && window.kernel.height == 3 && window.kernel.width == 3 &&
                    window.stride.area() == 1 && window.dilation.area() == 1;
  const bool lanes = shape.group_inputs % 4 == 0 && shape.group_outputs % 4 == 0;
  return form && lanes && shape.group_inputs >= kFewestChannels &&
         shape.group_outputs >= kFewestChannels;
}

std::size_t tiles_per_block(const ConvolutionShape& shape, std::size_t tiles, std::size_t threads) {
  const std::size_t per_tile = kProducts * (shape.group_inputs + shape.group_outputs);
  // With few tiles to a block, the weights would be read from memory too often.
  constexpr std::size_t kFewest = 32;
  const std::size_t fitting = std::max(kBlockFloats / per_tile, kFewest);
  return std::min(fitting, divide_up(tiles, threads));
}

/// The 36 matrices [tiles][inputs] of all tiles.
void transform_inputs(const ConvolutionShape& shape, const TileGrid& grid, const float* x,
                      float* to, const ThreadPool& pool) {
  const std::size_t inputs = shape.group_inputs;
  const std::vector<float> zeros(inputs, 0.0F);
  pool.parallel_for(grid.count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      transform_tile(locate_inputs(shape, TilePlace(grid, t), x, zeros.data()), inputs,
                     to + t * inputs, grid.count * inputs);
    }
  });
}

/// A convolution of all tiles at once.
struct Batch {
  const ConvolutionShape& shape;
  const ColumnTiles& kernels;
  std::size_t width;  ///< channels of a panel, a multiple of kColumnTile
  TileGrid grid;
  const float* inputs;  ///< transformed
  Finish finish;
  float* y;
};

/// One worker's memory: kernels as packed and transformed, and products, of one panel of channels.
struct PanelScratch {
  explicit PanelScratch(const Batch& batch)
      : packed(aligned_floats(kTaps * batch.shape.group_inputs * batch.width)),
        weights(aligned_floats(kProducts * (batch.shape.group_inputs + 1) * batch.width)),
        products(aligned_floats(kProducts * batch.grid.count * batch.width)) {}

  AlignedFloats packed;
  AlignedFloats weights;
  AlignedFloats products;
};

/// The outputs of one panel of channels.
void convolve_panel(const Batch& batch, std::size_t panel, const PanelScratch& scratch) {
  const std::size_t inputs = batch.shape.group_inputs;
  const std::size_t tiles = batch.grid.count;
  const ChannelRange range{panel * batch.width,
                           std::min((panel + 1) * batch.width, batch.shape.group_outputs)};
  const DepthBlock all{.tap_begin = 0, .tap_end = kTaps, .begin = 0, .end = inputs};
  const auto tile_of = [&](std::size_t output) {
    return scratch.packed.get() + (output - range.begin) / kColumnTile * block_floats(all);
  };
  batch.kernels.pack(0, range.begin, divide_up(range.size(), kColumnTile), all,
                     scratch.packed.get());
  const auto lanes_of = [&](std::size_t output) {
    return Lanes{tile_of(output) + (output - range.begin) % kColumnTile, kColumnTile};
  };
  transform_kernels(lanes_of, batch.width, inputs, range, scratch.weights.get());
  const std::size_t stride = tiles * range.size();
  const Product product(inputs, range.size());
  for (std::size_t p = 0; p < kProducts; ++p) {
    product.run(tiles, batch.inputs + p * tiles * inputs,
                scratch.weights.get() + p * (inputs + 1) * batch.width,
                scratch.products.get() + p * stride);
  }
  for (std::size_t t = 0; t < tiles; ++t) {
    finish_tile(batch.shape, TilePlace(batch.grid, t), range,
                scratch.products.get() + t * range.size(), stride, batch.finish, batch.y);
  }
}

/// Images treated together: enough tiles to pay for transforming the kernels, and few enough for
/// their transformed inputs to stay in the second-level cache.
std::size_t images_per_batch(const ConvolutionShape& shape, std::size_t images) {
  constexpr std::size_t kFewestTiles = 32;
  const std::size_t tiles = TileGrid(shape, 1).count;
  const std::size_t fitting = kBlockFloats / (kProducts * tiles * shape.group_inputs);
  return std::min(std::max(fitting, divide_up(kFewestTiles, tiles)), images);
}

}  // namespace

bool WinogradConvolution::suits(const ConvolutionShape& shape) {
  constexpr std::size_t kFewestOutputs = 28 * 28;
  constexpr std::size_t kMostWeights = std::size_t{1} << 22U;  // transformed, 600 MB
  return has_form(shape) && shape.output.area() >= kFewestOutputs &&
         shape.group_inputs * shape.group_outputs <= kMostWeights;
}

bool BatchedWinograd::suits(const ConvolutionShape& shape, std::size_t count) {
  constexpr std::size_t kFewestTiles = 8;
  const TileGrid grid(shape, count * shape.batch);
  const std::size_t products = grid.count * kProducts;
  const std::size_t direct = count * shape.batch * shape.output.area() * 9;
  return has_form(shape) && grid.count >= kFewestTiles && direct >= 2 * products;
}

void BatchedWinograd::run(std::span<const float> x, std::span<const float> bias, std::span<float> y,
                          std::size_t count, float low, float high, const ThreadPool& pool) const {
  const ConvolutionShape& shape = *shape_;
  const std::size_t images = count * shape.batch;
  const std::size_t together = images_per_batch(shape, images);
  const std::size_t input_size = shape.input.area() * shape.group_inputs;
  const std::size_t output_size = shape.output.area() * shape.group_outputs;
  const AlignedFloats transformed =
      aligned_floats(kProducts * TileGrid(shape, together).count * shape.group_inputs);
  for (std::size_t first = 0; first < images; first += together) {
    const TileGrid grid(shape, std::min(together, images - first));
    transform_inputs(shape, grid, x.data() + first * input_size, transformed.get(), pool);
    const Batch batch{.shape = shape,
                      .kernels = *kernels_,
                      .width = xnnpack_panel_width(),
                      .grid = grid,
                      .inputs = transformed.get(),
                      .finish = {.bias = bias.empty() ? nullptr : bias.data(),
                                 .low = simd::splat(low),
                                 .high = simd::splat(high)},
                      .y = y.data() + first * output_size};
    pool.parallel_for(divide_up(shape.group_outputs, batch.width), 1,
                      [&](std::size_t begin, std::size_t end) {
                        const PanelScratch scratch(batch);
                        for (std::size_t panel = begin; panel < end; ++panel) {
                          convolve_panel(batch, panel, scratch);
                        }
                      });
  }
}

WinogradConvolution::WinogradConvolution(const ConvolutionShape& shape, const WeightPanels& panels)
    : shape_(shape),
      panel_width_(xnnpack_panel_width()),
      panels_(divide_up(shape.group_outputs, panel_width_)),
      weights_(aligned_floats(kProducts * panels_ * (shape.group_inputs + 1) * panel_width_)) {
  const auto lanes_of = [&](std::size_t output) {
    return Lanes{panels.lanes(0, output), panels.width()};
  };
  transform_kernels(lanes_of, panel_width_, shape.group_inputs, {0, shape.group_outputs},
                    weights_.get());
}

void WinogradConvolution::run(std::span<const float> x, std::span<const float> bias,
                              std::span<float> y, std::size_t count, float low, float high,
                              const ThreadPool& pool) const {
  const TileGrid grid(shape_, count * shape_.batch);
  const std::size_t inputs = shape_.group_inputs;
  const std::size_t outputs = shape_.group_outputs;
  const std::size_t matrix_size = panels_ * (inputs + 1) * panel_width_;
  const std::size_t block = tiles_per_block(shape_, grid.count, pool.threads());
  const Product product(inputs, outputs);
  const Finish finish{.bias = bias.empty() ? nullptr : bias.data(),
                      .low = simd::splat(low),
                      .high = simd::splat(high)};
  const std::vector<float> zeros(inputs, 0.0F);

  pool.parallel_for(grid.count, block, [&](std::size_t begin, std::size_t end) {
    const AlignedFloats transformed = aligned_floats(kProducts * block * inputs);
    const AlignedFloats products = aligned_floats(kProducts * block * outputs);
    for (std::size_t first = begin; first < end; first += block) {
      const std::size_t tiles = std::min(block, end - first);
      for (std::size_t t = 0; t < tiles; ++t) {
        const TilePlace place(grid, first + t);
        transform_tile(locate_inputs(shape_, place, x.data(), zeros.data()), inputs,
                       transformed.get() + t * inputs, block * inputs);
      }
      for (std::size_t p = 0; p < kProducts; ++p) {
        product.run(tiles, transformed.get() + p * block * inputs, weights_.get() + p * matrix_size,
                    products.get() + p * block * outputs);
      }
      for (std::size_t t = 0; t < tiles; ++t) {
        finish_tile(shape_, TilePlace(grid, first + t), {0, outputs}, products.get() + t * outputs,
                    block * outputs, finish, y.data());
      }
    }
  });
}

}  // namespace relcam
