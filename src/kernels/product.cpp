#include "kernels/product.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "base/aligned.h"
#include "base/divide_up.h"
#include "kernels/column_tile.h"
#include "kernels/simd.h"

namespace relcam {
namespace {

using simd::f32x4;

/// Panels of B that are packed at a time.
constexpr std::size_t kPanelBlock = 16;
/// Pointers of A held at a time, and rows at most.
constexpr std::size_t kPointers = 16384;
constexpr std::size_t kRowChunk = 1024;

/// Packed B of one column tile and the place it belongs to.
struct Tile {
  const float* b;
  std::size_t a_offset;
  std::size_t column;
  std::size_t lanes;  ///< columns that exist, <= 8
};

/// Adds A(row, k) * B(k) to the sums of every row.
template <std::size_t rows>
[[gnu::always_inline]] inline void step(const float* const (&row)[rows], const float* b,
                                        f32x4 (&sums)[2 * rows]) {
  const f32x4 b0 = simd::load(b);
  const f32x4 b1 = simd::load(b + 4);
  simd::unrolled<rows>([&](auto r) {
    const f32x4 value = simd::splat(*row[r]);
    sums[2 * r] = simd::madd(value, b0, sums[2 * r]);
    sums[2 * r + 1] = simd::madd(value, b1, sums[2 * r + 1]);
  });
}

template <std::size_t rows>
void multiply_tile(const DepthBlock& block, const Tile& tile, const float* const* a,
                   float* const* c, bool accumulate) {
  f32x4 sums[2 * rows] = {};
  const std::size_t depth = block.end - block.begin;
  const float* b = tile.b;
  for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
    const float* row[rows];
    simd::unrolled<rows>(
        [&](auto r) { row[r] = a[tap * kRowTile + r] + tile.a_offset + block.begin; });
    // Unrolling this loop makes V8 spill registers.
    for (std::size_t k = 0; k < depth; ++k, b += kColumnTile) {
      step<rows>(row, b, sums);
      simd::unrolled<rows>([&](auto r) { ++row[r]; });
    }
  }
  simd::unrolled<rows>([&](auto r) {
    write_columns(c[r] + tile.column, tile.lanes, accumulate, sums[2 * r], sums[2 * r + 1]);
  });
}

void multiply_rows(std::size_t rows, const DepthBlock& block, const Tile& tile,
                   const float* const* a, float* const* c, bool accumulate) {
  switch (rows) {
    case 1: return multiply_tile<1>(block, tile, a, c, accumulate);
    case 2: return multiply_tile<2>(block, tile, a, c, accumulate);
    case 3: return multiply_tile<3>(block, tile, a, c, accumulate);
    default: return multiply_tile<4>(block, tile, a, c, accumulate);
  }
}

/// How a product is cut into tasks: chunks of rows times ranges of column tiles.
struct Cut {
  std::size_t row_chunk;
  std::size_t row_chunks;
  std::size_t tiles_per_group;
  std::size_t tile_chunk;
  std::size_t tile_chunks;
};

Cut cut(const ProductShape& shape, std::size_t threads) {
  Cut result{};
  const std::size_t row_limit = std::clamp(kPointers / shape.taps, std::size_t{64}, kRowChunk);
  const std::size_t pieces = divide_up(shape.rows, row_limit);
  result.row_chunk = divide_up(divide_up(shape.rows, pieces), kRowTile) * kRowTile;
  result.row_chunks = divide_up(shape.rows, result.row_chunk);
  result.tiles_per_group = divide_up(shape.columns, kColumnTile);
  const std::size_t tiles = shape.groups * result.tiles_per_group;
  const std::size_t wanted = threads == 1 ? 1 : 4 * threads;
  const std::size_t parts = std::min(tiles, divide_up(wanted, result.row_chunks));
  result.tile_chunk = divide_up(tiles, parts);
  result.tile_chunks = divide_up(tiles, result.tile_chunk);
  return result;
}

/// One worker's memory.
struct Scratch {
  std::unique_ptr<const float*[]> a;
  std::unique_ptr<float*[]> c;
  AlignedFloats b;
};

class Product {
 public:
  /// Of the rows from `first_row` on, as many as `shape` says.
  Product(const ProductShape& shape, std::size_t first_row, const ProductOperands& operands,
          Write write, std::size_t threads)
      : shape_(shape),
        first_row_(first_row),
        operands_(operands),
        write_(write),
        cut_(cut(shape, threads)),
        blocks_(depth_blocks(shape.taps, shape.depth)) {
    for (const DepthBlock& block : blocks_)
      tile_floats_ = std::max(tile_floats_, block_floats(block));
  }

  std::size_t tasks() const { return cut_.row_chunks * cut_.tile_chunks; }

  Scratch make_scratch() const {
    return {std::make_unique<const float*[]>(cut_.row_chunk * shape_.taps),
            std::make_unique<float*[]>(cut_.row_chunk), aligned_floats(kPanelBlock * tile_floats_)};
  }

  void run(std::size_t task, Scratch& scratch) const {
    const std::size_t first = task / cut_.tile_chunks * cut_.row_chunk;
    const std::size_t rows = std::min(cut_.row_chunk, shape_.rows - first);
    operands_.locate(first_row_ + first, rows, scratch.a.get(), scratch.c.get());
    const std::size_t tiles = shape_.groups * cut_.tiles_per_group;
    const std::size_t begin = task % cut_.tile_chunks * cut_.tile_chunk;
    const std::size_t end = std::min(begin + cut_.tile_chunk, tiles);
    for (std::size_t tile = begin; tile < end; tile += kPanelBlock) {
      for (const DepthBlock& block : blocks_) {
        run_block(rows, block, tile, std::min(tile + kPanelBlock, end), scratch);
      }
    }
  }

 private:
  Tile tile_at(std::size_t index, const float* packed) const {
    const std::size_t group = index / cut_.tiles_per_group;
    const std::size_t column = index % cut_.tiles_per_group * kColumnTile;
    return {packed, group * shape_.depth, group * shape_.columns + column,
            std::min(kColumnTile, shape_.columns - column)};
  }

  /// Packs the tiles [begin, end), one behind the other.
  void pack(std::size_t begin, std::size_t end, const DepthBlock& block, float* to) const {
    while (begin < end) {
      const std::size_t group = begin / cut_.tiles_per_group;
      const std::size_t in_group = std::min(end, (group + 1) * cut_.tiles_per_group) - begin;
      operands_.pack(group, begin % cut_.tiles_per_group * kColumnTile, in_group, block, to);
      begin += in_group;
      to += in_group * block_floats(block);
    }
  }

  void run_block(std::size_t rows, const DepthBlock& block, std::size_t begin, std::size_t end,
                 Scratch& scratch) const {
    Tile tiles[kPanelBlock];
    pack(begin, end, block, scratch.b.get());
    for (std::size_t index = begin; index < end; ++index) {
      tiles[index - begin] =
          tile_at(index, scratch.b.get() + (index - begin) * block_floats(block));
    }
    const bool first = block.tap_begin == 0 && block.begin == 0;
    const bool accumulate = write_ == Write::Accumulate || !first;
    for (std::size_t row = 0; row < rows; row += kRowTile) {
      const std::size_t count = std::min(kRowTile, rows - row);
      for (std::size_t i = 0; i < end - begin; ++i) {
        multiply_rows(count, block, tiles[i], scratch.a.get() + row * shape_.taps,
                      scratch.c.get() + row, accumulate);
      }
    }
  }

  const ProductShape& shape_;
  std::size_t first_row_;
  const ProductOperands& operands_;
  Write write_;
  Cut cut_;
  std::vector<DepthBlock> blocks_;
  std::size_t tile_floats_ = 0;
};

}  // namespace

std::vector<DepthBlock> depth_blocks(std::size_t taps, std::size_t depth) {
  std::vector<DepthBlock> blocks;
  if (depth >= kDepthBlock) {
    const std::size_t pieces = divide_up(depth, kDepthBlock);
    const std::size_t step = divide_up(divide_up(depth, pieces), 4) * 4;
    for (std::size_t tap = 0; tap < taps; ++tap) {
      for (std::size_t begin = 0; begin < depth; begin += step) {
        blocks.push_back({tap, tap + 1, begin, std::min(begin + step, depth)});
      }
    }
    return blocks;
  }
  const std::size_t step = std::max<std::size_t>(kDepthBlock / depth, 1);
  for (std::size_t tap = 0; tap < taps; tap += step) {
    blocks.push_back({tap, std::min(tap + step, taps), 0, depth});
  }
  return blocks;
}

void multiply(const ProductShape& shape, const ProductOperands& operands, Write write,
              const ThreadPool& pool, Piece piece) {
  const std::size_t tiles = divide_up(shape.rows, kRowTile);
  const std::size_t first = piece.begin(tiles) * kRowTile;
  ProductShape some = shape;
  some.rows = std::min(piece.end(tiles) * kRowTile, shape.rows) - first;
  if (some.rows == 0) return;
  const Product product(some, first, operands, write, pool.threads());
  const std::size_t workers = std::min(pool.threads(), product.tasks());
  std::vector<Scratch> scratch;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    scratch.push_back(product.make_scratch());
  }
  std::atomic<std::size_t> next{0};
  pool.parallel_for(workers, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t worker = begin; worker < end; ++worker) {
      for (std::size_t task = next++; task < product.tasks(); task = next++) {
        product.run(task, scratch[worker]);
      }
    }
  });
}

}  // namespace relcam
