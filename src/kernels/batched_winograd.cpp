#include "kernels/batched_winograd.h"

#include <algorithm>
#include <vector>

#include "base/aligned.h"
#include "base/divide_up.h"
#include "kernels/winograd_tiles.h"
#include "kernels/xnn_product.h"
#include "kernels/xnnpack.h"

namespace relcam {
namespace {

/// Tiles, or panels of channels: [begin, end).
struct Range {
  std::size_t begin;
  std::size_t end;

  std::size_t size() const { return end - begin; }
};

Range part_of(std::size_t count, Piece piece) { return {piece.begin(count), piece.end(count)}; }

/// The 36 matrices [tiles][inputs] of some tiles.
void transform_some(const ConvolutionShape& shape, const winograd::TileGrid& grid, Range tiles,
                    const float* x, float* to, const ThreadPool& pool) {
  const std::size_t inputs = shape.group_inputs;
  const std::vector<float> zeros(inputs, 0.0F);
  pool.parallel_for(tiles.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      winograd::transform_inputs(shape, winograd::TilePlace(grid, tiles.begin + t), x, zeros.data(),
                                 to + t * inputs, tiles.size() * inputs);
    }
  });
}

/// A convolution of some tiles at once.
struct Batch {
  const ConvolutionShape& shape;
  const ColumnTiles& kernels;
  std::size_t width;  ///< channels of a panel, a multiple of kColumnTile
  winograd::TileGrid grid;
  Range tiles;
  const float* inputs;  ///< of the tiles, transformed
  winograd::Finish finish;
  float* y;
};

/// One worker's memory: kernels as packed and transformed, and products, of one panel of channels.
struct PanelScratch {
  explicit PanelScratch(const Batch& batch)
      : packed(aligned_floats(winograd::kTaps * batch.shape.group_inputs * batch.width)),
        weights(aligned_floats(winograd::kProducts * (batch.shape.group_inputs + 1) * batch.width)),
        products(aligned_floats(winograd::kProducts * batch.tiles.size() * batch.width)) {}

  AlignedFloats packed;
  AlignedFloats weights;
  AlignedFloats products;
};

/// The outputs of one panel of channels.
void convolve_panel(const Batch& batch, std::size_t panel, const PanelScratch& scratch) {
  const std::size_t inputs = batch.shape.group_inputs;
  const std::size_t tiles = batch.tiles.size();
  const winograd::ChannelRange range{
      panel * batch.width, std::min((panel + 1) * batch.width, batch.shape.group_outputs)};
  const DepthBlock all{.tap_begin = 0, .tap_end = winograd::kTaps, .begin = 0, .end = inputs};
  const auto tile_of = [&](std::size_t output) {
    return scratch.packed.get() + (output - range.begin) / kColumnTile * block_floats(all);
  };
  batch.kernels.pack(0, range.begin, divide_up(range.size(), kColumnTile), all,
                     scratch.packed.get());
  const auto lanes_of = [&](std::size_t output) {
    return winograd::Lanes{tile_of(output) + (output - range.begin) % kColumnTile, kColumnTile};
  };
  winograd::transform_kernels(lanes_of, batch.width, inputs, range, scratch.weights.get());
  const std::size_t stride = tiles * range.size();
  const XnnProduct product(inputs, range.size());
  for (std::size_t p = 0; p < winograd::kProducts; ++p) {
    product.run(tiles, batch.inputs + p * tiles * inputs,
                scratch.weights.get() + p * (inputs + 1) * batch.width,
                scratch.products.get() + p * stride);
  }
  for (std::size_t t = 0; t < tiles; ++t) {
    winograd::finish_tile(batch.shape, winograd::TilePlace(batch.grid, batch.tiles.begin + t),
                          range, scratch.products.get() + t * range.size(), stride, batch.finish,
                          batch.y);
  }
}

/// Images treated together: enough tiles to pay for transforming the kernels, and few enough for
/// their transformed inputs to stay in the second-level cache.
std::size_t images_per_batch(const ConvolutionShape& shape, std::size_t images) {
  constexpr std::size_t kFewestTiles = 32;
  const std::size_t tiles = winograd::TileGrid(shape, 1).count;
  const std::size_t fitting =
      winograd::kBlockFloats / (winograd::kProducts * tiles * shape.group_inputs);
  return std::min(std::max(fitting, divide_up(kFewestTiles, tiles)), images);
}

}  // namespace

bool BatchedWinograd::suits(const ConvolutionShape& shape, std::size_t count) {
  constexpr std::size_t kFewestTiles = 8;
  const winograd::TileGrid grid(shape, count * shape.batch);
  const std::size_t products = grid.count * winograd::kProducts;
  const std::size_t direct = count * shape.batch * shape.output.area() * 9;
  return winograd::has_form(shape) && grid.count >= kFewestTiles && direct >= 2 * products;
}

void BatchedWinograd::run(std::span<const float> x, std::span<const float> bias, std::span<float> y,
                          std::size_t count, float low, float high, const ThreadPool& pool,
                          Piece piece) const {
  const ConvolutionShape& shape = *shape_;
  const std::size_t images = count * shape.batch;
  const std::size_t together = images_per_batch(shape, images);
  const std::size_t input_size = shape.input.area() * shape.group_inputs;
  const std::size_t output_size = shape.output.area() * shape.group_outputs;
  const std::size_t width = xnnpack_panel_width();
  const std::size_t all_panels = divide_up(shape.group_outputs, width);
  const std::size_t all_tiles = winograd::TileGrid(shape, together).count;
  // Pieces of the tiles transform the kernels anew, pieces of the channels the tiles.
  const bool cuts_tiles = all_tiles > shape.group_outputs;
  const Range panels = cuts_tiles ? Range{0, all_panels} : part_of(all_panels, piece);
  const std::size_t most_tiles = cuts_tiles ? divide_up(all_tiles, piece.count) : all_tiles;
  const AlignedFloats transformed =
      aligned_floats(winograd::kProducts * most_tiles * shape.group_inputs);
  for (std::size_t first = 0; first < images; first += together) {
    const winograd::TileGrid grid(shape, std::min(together, images - first));
    const Range tiles = cuts_tiles ? part_of(grid.count, piece) : Range{0, grid.count};
    transform_some(shape, grid, tiles, x.data() + first * input_size, transformed.get(), pool);
    const Batch batch{
        .shape = shape,
        .kernels = *kernels_,
        .width = width,
        .grid = grid,
        .tiles = tiles,
        .inputs = transformed.get(),
        .finish = {.bias = bias.empty() ? nullptr : bias.data(), .clamp = {low, high}},
        .y = y.data() + first * output_size};
    pool.parallel_for(panels.size(), 1, [&](std::size_t begin, std::size_t end) {
      const PanelScratch scratch(batch);
      for (std::size_t panel = begin; panel < end; ++panel) {
        convolve_panel(batch, panels.begin + panel, scratch);
      }
    });
  }
}

}  // namespace relcam
