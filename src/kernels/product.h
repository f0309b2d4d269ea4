#pragma once

#include <cstddef>
#include <vector>

#include "kernels/linear_map.h"
#include "kernels/thread_pool.h"

namespace relcam {

/// Rows of A that one call of the inner loop treats; tables of row pointers come in such tiles.
inline constexpr std::size_t kRowTile = 4;
/// Columns of B that one call of the inner loop treats.
inline constexpr std::size_t kColumnTile = 8;

/// Sizes of an implicit matrix product: C[row][column] (+)= sum over taps t and k < depth of
/// A(row, t)[k] * B(t, k)[column], for each group on its own channels.
struct ProductShape {
  std::size_t rows = 0;
  std::size_t taps = 1;
  std::size_t depth = 1;  ///< per group
  std::size_t groups = 1;
  std::size_t columns = 1;  ///< per group
};

/// A part of the summation of a product: whole taps, or a range of k within one tap.
struct DepthBlock {
  std::size_t tap_begin = 0;
  std::size_t tap_end = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// k steps of B that are packed at a time, so that they stay in the first-level cache.
inline constexpr std::size_t kDepthBlock = 256;

/// Cuts a summation into blocks of at most kDepthBlock terms: parts of one tap, or whole taps.
std::vector<DepthBlock> depth_blocks(std::size_t taps, std::size_t depth);

/// Floats of one packed column tile of a block.
inline std::size_t block_floats(const DepthBlock& block) {
  return (block.tap_end - block.tap_begin) * (block.end - block.begin) * kColumnTile;
}

/// The right operand of a product, in tiles of eight columns. Called from several threads at once.
class ColumnTiles {
 public:
  virtual ~ColumnTiles() = default;

  /// Writes B(t, k)[column .. column + 8) for the block's t and k, [t][k][8], zeros past the end;
  /// then the next column tiles, `tiles` in all. Those that are packed together read weights that
  /// lie together.
  virtual void pack(std::size_t group, std::size_t column, std::size_t tiles,
                    const DepthBlock& block, float* to) const = 0;
};

/// Where the operands of a product lie. Called from several threads at once.
class ProductOperands : public ColumnTiles {
 public:
  /// Writes pointers to the channels of A(row, tap) at a[row * row_stride + tap * tap_stride] and
  /// to those of C(row) at c[row], for `count` rows from `first` on.
  virtual void locate(std::size_t first, std::size_t count, const float** a, float** c) const = 0;
};

/// Where `locate` puts A(row, tap), row counted from `first`, which is a multiple of kRowTile.
inline std::size_t tile_index(std::size_t row, std::size_t tap, std::size_t taps) {
  return (row / kRowTile * taps + tap) * kRowTile + row % kRowTile;
}

/// The whole product, or some of its rows.
void multiply(const ProductShape& shape, const ProductOperands& operands, Write write,
              const ThreadPool& pool, Piece piece = {});

}  // namespace relcam
