#include "kernels/winograd.h"

#include <algorithm>
#include <vector>

#include "base/divide_up.h"
#include "kernels/winograd_tiles.h"
#include "kernels/xnn_product.h"
#include "kernels/xnnpack.h"

namespace relcam {
namespace {

std::size_t tiles_per_block(const ConvolutionShape& shape, std::size_t tiles, std::size_t threads) {
  const std::size_t per_tile = winograd::kProducts * (shape.group_inputs + shape.group_outputs);
  // With few tiles to a block, the weights would be read from memory too often.
  constexpr std::size_t kFewest = 32;
  const std::size_t fitting = std::max(winograd::kBlockFloats / per_tile, kFewest);
  return std::min(fitting, divide_up(tiles, threads));
}

}  // namespace

bool WinogradConvolution::suits(const ConvolutionShape& shape) {
  constexpr std::size_t kFewestOutputs = 28 * 28;
  constexpr std::size_t kMostWeights = std::size_t{1} << 22U;  // transformed, 600 MB
  return winograd::has_form(shape) && shape.output.area() >= kFewestOutputs &&
         shape.group_inputs * shape.group_outputs <= kMostWeights;
}

WinogradConvolution::WinogradConvolution(const ConvolutionShape& shape, const WeightPanels& panels)
    : shape_(shape),
      panel_width_(xnnpack_panel_width()),
      panels_(divide_up(shape.group_outputs, panel_width_)),
      weights_(
          aligned_floats(winograd::kProducts * panels_ * (shape.group_inputs + 1) * panel_width_)) {
  const auto lanes_of = [&](std::size_t output) {
    return winograd::Lanes{panels.lanes(0, output), panels.width()};
  };
  winograd::transform_kernels(lanes_of, panel_width_, shape.group_inputs, {0, shape.group_outputs},
                              weights_.get());
}

void WinogradConvolution::run(std::span<const float> x, std::span<const float> bias,
                              std::span<float> y, std::size_t count, float low, float high,
                              const ThreadPool& pool) const {
  const winograd::TileGrid grid(shape_, count * shape_.batch);
  const std::size_t inputs = shape_.group_inputs;
  const std::size_t outputs = shape_.group_outputs;
  const std::size_t matrix_size = panels_ * (inputs + 1) * panel_width_;
  const std::size_t block = tiles_per_block(shape_, grid.count, pool.threads());
  const XnnProduct product(inputs, outputs);
  const winograd::Finish finish{.bias = bias.empty() ? nullptr : bias.data(), .clamp = {low, high}};
  const std::vector<float> zeros(inputs, 0.0F);

  pool.parallel_for(grid.count, block, [&](std::size_t begin, std::size_t end) {
    const AlignedFloats transformed = aligned_floats(winograd::kProducts * block * inputs);
    const AlignedFloats products = aligned_floats(winograd::kProducts * block * outputs);
    for (std::size_t first = begin; first < end; first += block) {
      const std::size_t tiles = std::min(block, end - first);
      for (std::size_t t = 0; t < tiles; ++t) {
        const winograd::TilePlace place(grid, first + t);
        winograd::transform_inputs(shape_, place, x.data(), zeros.data(),
                                   transformed.get() + t * inputs, block * inputs);
      }
      for (std::size_t p = 0; p < winograd::kProducts; ++p) {
        product.run(tiles, transformed.get() + p * block * inputs, weights_.get() + p * matrix_size,
                    products.get() + p * block * outputs);
      }
      for (std::size_t t = 0; t < tiles; ++t) {
        winograd::finish_tile(shape_, winograd::TilePlace(grid, first + t), {0, outputs},
                              products.get() + t * outputs, block * outputs, finish, y.data());
      }
    }
  });
}

}  // namespace relcam
