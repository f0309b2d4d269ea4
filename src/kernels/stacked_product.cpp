#include "kernels/stacked_product.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned.h"
#include "base/divide_up.h"
#include "kernels/column_tile.h"
#include "kernels/simd.h"

namespace relcam {
namespace {

using simd::f32x4;
using u32x4 = std::uint32_t __attribute__((vector_size(16)));

/// Operands and column tiles whose sums are held in registers at a time: eight of them, so that
/// none waits for the one before, and V8 spills none.
constexpr std::size_t kOperands = 2;
constexpr std::size_t kTilesAtOnce = 2;
/// Rows treated together: their terms of one block stay in the second-level cache.
constexpr std::size_t kRows = 32;
/// Column tiles that are packed at a time, because their weights lie together.
constexpr std::size_t kTiles = 8;

/// The terms of one row in one block: where the first operand has them, their weights as offsets
/// into packed B, and the values of all operands, [kOperands at a time][term][operand].
struct Terms {
  const float** sources;
  std::uint32_t* offsets;
  float* values;
  std::size_t count;
};

/// Packed B of neighbouring column tiles, and where the results of the first operand belong.
struct Columns {
  const float* b;
  std::size_t tile_floats;
  float* c;
  std::size_t count;  ///< columns that exist, in at most kTilesAtOnce tiles
};

template <std::size_t operands, std::size_t tiles>
void add_terms(const Terms& terms, const float* values, const Columns& columns,
               std::size_t c_stride, bool accumulate) {
  f32x4 sums[tiles][2 * operands] = {};
  for (std::size_t i = 0; i < terms.count; ++i, values += operands) {
    const float* weights = columns.b + terms.offsets[i];
    simd::unrolled<tiles>([&](auto t) {
      const f32x4 low = simd::load(weights + t * columns.tile_floats);
      const f32x4 high = simd::load(weights + t * columns.tile_floats + 4);
      simd::unrolled<operands>([&](auto k) {
        const f32x4 value = simd::splat(values[k]);
        sums[t][2 * k] = simd::madd(value, low, sums[t][2 * k]);
        sums[t][2 * k + 1] = simd::madd(value, high, sums[t][2 * k + 1]);
      });
    });
  }
  simd::unrolled<tiles>([&](auto t) {
    const std::size_t lanes = std::min(kColumnTile, columns.count - t * kColumnTile);
    simd::unrolled<operands>([&](auto k) {
      write_columns(columns.c + k * c_stride + t * kColumnTile, lanes, accumulate, sums[t][2 * k],
                    sums[t][2 * k + 1]);
    });
  });
}

template <std::size_t operands>
void add_columns(const Terms& terms, const float* values, const Columns& columns,
                 std::size_t c_stride, bool accumulate) {
  if (columns.count > kColumnTile) {
    add_terms<operands, kTilesAtOnce>(terms, values, columns, c_stride, accumulate);
  } else {
    add_terms<operands, 1>(terms, values, columns, c_stride, accumulate);
  }
}

/// One worker's memory.
struct Scratch {
  Scratch(std::size_t taps, std::size_t operands)
      : a(kRows * taps),
        sources(kDepthBlock),
        offsets(kRows * kDepthBlock),
        terms(kRows),
        values(aligned_floats(kRows * kDepthBlock * operands)),
        b(aligned_floats(kTiles * kDepthBlock * kColumnTile)) {}

  std::vector<const float*> a;
  float* c[kRows] = {};
  std::vector<const float*> sources;  ///< of one row
  std::vector<std::uint32_t> offsets;
  std::vector<Terms> terms;
  AlignedFloats values;
  AlignedFloats b;
};

class StackedProduct {
 public:
  StackedProduct(const ProductShape& shape, const ProductOperands& operands, const Stack& stack,
                 Write write)
      : shape_(shape),
        operands_(operands),
        stack_(stack),
        write_(write),
        blocks_(depth_blocks(shape.taps, shape.depth)) {}

  /// Rows [first, first + rows), at most kRows; `first` is a multiple of kRowTile.
  void run(std::size_t first, std::size_t rows, Scratch& scratch) const {
    const std::size_t tiles = divide_up(shape_.columns, kColumnTile);
    operands_.locate(first, rows, scratch.a.data(), scratch.c);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      for (std::size_t row = 0; row < rows; ++row) collect(row, blocks_[block], scratch);
      const bool accumulate = write_ == Write::Accumulate || block > 0;
      for (std::size_t tile = 0; tile < tiles; tile += kTiles) {
        const std::size_t end = std::min(tile + kTiles, tiles);
        operands_.pack(0, tile * kColumnTile, end - tile, blocks_[block], scratch.b.get());
        multiply_tiles(tile, end, block_floats(blocks_[block]), rows, accumulate, scratch);
      }
    }
  }

 private:
  /// All rows times the packed column tiles [begin, end), each of `tile_floats`.
  void multiply_tiles(std::size_t begin, std::size_t end, std::size_t tile_floats, std::size_t rows,
                      bool accumulate, const Scratch& scratch) const {
    for (std::size_t tile = begin; tile < end; tile += kTilesAtOnce) {
      const std::size_t column = tile * kColumnTile;
      const std::size_t count =
          std::min(std::min(tile + kTilesAtOnce, end) * kColumnTile, shape_.columns) - column;
      for (std::size_t row = 0; row < rows; ++row) {
        const Columns columns{.b = scratch.b.get() + (tile - begin) * tile_floats,
                              .tile_floats = tile_floats,
                              .c = scratch.c[row] + column,
                              .count = count};
        multiply_row(scratch.terms[row], columns, accumulate);
      }
    }
  }

  /// Lists the terms of a row in a block.
  void collect(std::size_t row, const DepthBlock& block, Scratch& scratch) const {
    Terms terms{.sources = scratch.sources.data(),
                .offsets = scratch.offsets.data() + row * kDepthBlock,
                .values = scratch.values.get() + row * kDepthBlock * stack_.count,
                .count = 0};
    const std::size_t depth = block.end - block.begin;
    for (std::size_t tap = block.tap_begin; tap < block.tap_end; ++tap) {
      const float* a = scratch.a[tile_index(row, tap, shape_.taps)];
      if (a == stack_.absent) continue;
      append(a + block.begin, depth, (tap - block.tap_begin) * depth, terms);
    }
    copy_values(terms);
    scratch.terms[row] = terms;
  }

  /// Appends those of `depth` terms that are not zero in all operands; the first is term number
  /// `base` of the block.
  void append(const float* a, std::size_t depth, std::size_t base, Terms& terms) const {
    for (std::size_t k = 0; k < depth; k += 4) {
      const std::size_t lanes = std::min<std::size_t>(depth - k, 4);
      const u32x4 bits = union_of_bits(a + k, lanes);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        terms.sources[terms.count] = a + k + lane;
        terms.offsets[terms.count] = static_cast<std::uint32_t>((base + k + lane) * kColumnTile);
        // Shifting drops the sign, which zeros may have.
        terms.count += (bits[lane] << 1U) == 0 ? 0 : 1;
      }
    }
  }

  u32x4 union_of_bits(const float* a, std::size_t lanes) const {
    u32x4 bits{};
    for (std::size_t operand = 0; operand < stack_.count; ++operand) {
      bits |= std::bit_cast<u32x4>(simd::load_first(a + operand * stack_.a_stride, lanes));
    }
    return bits;
  }

  void copy_values(const Terms& terms) const {
    float* to = terms.values;
    for (std::size_t first = 0; first < stack_.count; first += kOperands) {
      const std::size_t operands = std::min(kOperands, stack_.count - first);
      for (std::size_t i = 0; i < terms.count; ++i) {
        const float* from = terms.sources[i] + first * stack_.a_stride;
        for (std::size_t k = 0; k < operands; ++k) *to++ = from[k * stack_.a_stride];
      }
    }
  }

  void multiply_row(const Terms& terms, Columns columns, bool accumulate) const {
    float* const c = columns.c;
    for (std::size_t first = 0; first < stack_.count; first += kOperands) {
      const float* values = terms.values + first * terms.count;
      columns.c = c + first * stack_.c_stride;
      if (first + kOperands <= stack_.count) {
        add_columns<kOperands>(terms, values, columns, stack_.c_stride, accumulate);
      } else {
        add_columns<1>(terms, values, columns, stack_.c_stride, accumulate);
      }
    }
  }

  const ProductShape& shape_;
  const ProductOperands& operands_;
  const Stack& stack_;
  Write write_;
  std::vector<DepthBlock> blocks_;
};

}  // namespace

void stacked_multiply(const ProductShape& shape, const ProductOperands& operands,
                      const Stack& stack, Write write, const ThreadPool& pool) {
  const StackedProduct product(shape, operands, stack, write);
  const std::size_t chunks = divide_up(shape.rows, kRows);
  pool.parallel_for(chunks, 1, [&](std::size_t begin, std::size_t end) {
    Scratch scratch(shape.taps, stack.count);
    for (std::size_t chunk = begin; chunk < end; ++chunk) {
      const std::size_t first = chunk * kRows;
      product.run(first, std::min(kRows, shape.rows - first), scratch);
    }
  });
}

}  // namespace relcam
