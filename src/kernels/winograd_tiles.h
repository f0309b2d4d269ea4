#pragma once

#include <cstddef>

#include "base/divide_up.h"
#include "base/function_ref.h"
#include "kernels/convolution_shape.h"
#include "kernels/simd.h"

/// Winograd's minimal filtering F(4x4, 3x3) of single tiles and kernels (Lavin and Gray 2016).
namespace relcam::winograd {

/// Outputs along a side of a tile, inputs along a side, and products of a tile.
inline constexpr std::size_t kOutputSide = 4;
inline constexpr std::size_t kInputSide = 6;
inline constexpr std::size_t kProducts = kInputSide * kInputSide;
/// Positions of the kernel.
inline constexpr std::size_t kTaps = 9;

/// Transformed inputs and products of one block of tiles should stay in the second-level cache.
inline constexpr std::size_t kBlockFloats = std::size_t{1} << 18;

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

/// What becomes of sums: y = clamp(sum + bias).
struct Finish {
  const float* bias;  ///< may be null
  simd::Clamp clamp;
};

/// Output channels [begin, end).
struct ChannelRange {
  std::size_t begin;
  std::size_t end;

  std::size_t size() const { return end - begin; }
};

/// Where the weights of four output channels lie: those of (tap, input) at
/// first[(tap * inputs + input) * stride].
struct Lanes {
  const float* first;
  std::size_t stride;
};

/// Whether the layer has the form that the transforms are made for, and enough channels.
bool has_form(const ConvolutionShape& shape);

/// Writes the 36 transformed matrices of some output channels, each packed in panels of `width`
/// channels with zeros in the place of the biases, one after the other. lanes_of(output) gives the
/// Lanes of four of them.
void transform_kernels(FunctionRef<Lanes(std::size_t)> lanes_of, std::size_t width,
                       std::size_t inputs, ChannelRange range, float* to);

/// Writes the 36 transformed values of a tile's input channels at to[product * stride + channel].
/// `zeros` stand for the channels of a pixel outside the image `x`.
void transform_inputs(const ConvolutionShape& shape, const TilePlace& place, const float* x,
                      const float* zeros, float* to, std::size_t stride);

/// Writes some outputs of a tile from its products at from[product * stride + channel -
/// range.begin].
void finish_tile(const ConvolutionShape& shape, const TilePlace& place, ChannelRange range,
                 const float* from, std::size_t stride, const Finish& finish, float* y);

}  // namespace relcam::winograd
