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

/// Operands whose sums are held in registers at a time.
constexpr std::size_t kMostOperands = 4;
/// Rows treated together: their terms of one block stay in the second-level cache.
constexpr std::size_t kRows = 32;
/// Column tiles that are packed at a time, because their weights lie together.
constexpr std::size_t kTiles = 8;

/// The terms of one row in one block: where the first operand has them, their weights as offsets
/// into packed B, and the values of all operands, [operand tile][term][operand of the tile].
struct Terms {
  const float** sources;
  std::uint32_t* offsets;
  float* values;
  std::size_t count;
};

/// Operands [first, first + count) of a stack.
struct OperandTile {
  std::size_t first;
  std::size_t count;
};

/// As few tiles as possible, as even as possible.
std::vector<OperandTile> operand_tiles(std::size_t count) {
  const std::size_t tiles = divide_up(count, kMostOperands);
  std::vector<OperandTile> result;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t first = tile * count / tiles;
    result.push_back({first, (tile + 1) * count / tiles - first});
  }
  return result;
}

template <std::size_t operands>
void add_terms(const Terms& terms, const float* values, const float* b, float* c,
               std::size_t c_stride, std::size_t lanes, bool accumulate) {
  f32x4 sums[2 * operands] = {};
  for (std::size_t i = 0; i < terms.count; ++i, values += operands) {
    const float* weights = b + terms.offsets[i];
    const f32x4 low = simd::load(weights);
    const f32x4 high = simd::load(weights + 4);
    simd::unrolled<operands>([&](auto k) {
      const f32x4 value = simd::splat(values[k]);
      sums[2 * k] = simd::madd(value, low, sums[2 * k]);
      sums[2 * k + 1] = simd::madd(value, high, sums[2 * k + 1]);
    });
  }
  simd::unrolled<operands>([&](auto k) {
    write_columns(c + k * c_stride, lanes, accumulate, sums[2 * k], sums[2 * k + 1]);
  });
}

void add_tile(std::size_t operands, const Terms& terms, const float* values, const float* b,
              float* c, std::size_t c_stride, std::size_t lanes, bool accumulate) {
  switch (operands) {
    case 1: return add_terms<1>(terms, values, b, c, c_stride, lanes, accumulate);
    case 2: return add_terms<2>(terms, values, b, c, c_stride, lanes, accumulate);
    case 3: return add_terms<3>(terms, values, b, c, c_stride, lanes, accumulate);
    default: return add_terms<kMostOperands>(terms, values, b, c, c_stride, lanes, accumulate);
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
        blocks_(depth_blocks(shape.taps, shape.depth)),
        tiles_(operand_tiles(stack.count)) {}

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
    const float* b = scratch.b.get();
    for (std::size_t tile = begin; tile < end; ++tile, b += tile_floats) {
      const std::size_t column = tile * kColumnTile;
      for (std::size_t row = 0; row < rows; ++row) {
        multiply_row(scratch.terms[row], scratch.c[row] + column, b,
                     std::min(kColumnTile, shape_.columns - column), accumulate);
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
    for (const OperandTile& tile : tiles_) {
      for (std::size_t i = 0; i < terms.count; ++i) {
        const float* from = terms.sources[i] + tile.first * stack_.a_stride;
        for (std::size_t k = 0; k < tile.count; ++k) *to++ = from[k * stack_.a_stride];
      }
    }
  }

  void multiply_row(const Terms& terms, float* c, const float* b, std::size_t lanes,
                    bool accumulate) const {
    const float* values = terms.values;
    for (const OperandTile& tile : tiles_) {
      add_tile(tile.count, terms, values, b, c + tile.first * stack_.c_stride, stack_.c_stride,
               lanes, accumulate);
      values += terms.count * tile.count;
    }
  }

  const ProductShape& shape_;
  const ProductOperands& operands_;
  const Stack& stack_;
  Write write_;
  std::vector<DepthBlock> blocks_;
  std::vector<OperandTile> tiles_;
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
