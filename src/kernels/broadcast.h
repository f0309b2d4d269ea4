#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/shape.h"

namespace relcam {

/// Walks the elements of a row-major tensor in order together with up to three operands that
/// NumPy broadcasting stretches to its shape. Neighbouring axes on which all operands agree are
/// merged, so that a segment (one run along the innermost axis) is as long as it can be.
class BroadcastWalk {
 public:
  static constexpr std::size_t kMaxOperands = 3;
  using Offsets = std::array<std::size_t, kMaxOperands>;

  /// Each operand's shape must broadcast to `result`.
  BroadcastWalk(const Shape& result, std::span<const Shape> operands);

  std::size_t size() const { return size_; }
  /// Whether the operand advances along a segment; otherwise one element serves all of it.
  bool steps(std::size_t operand) const { return strides_.back()[operand] != 0; }
  /// Whether the operand has one element for each of the result's.
  bool covers(std::size_t operand) const;

  /// Calls visit(begin, offsets, count) for the segments of result elements [first, last):
  /// result[begin + i] belongs to operand k's element offsets[k] + (steps(k) ? i : 0).
  template <typename Visit>
  void visit(std::size_t first, std::size_t last, Visit&& visit) const {
    const std::size_t segment = extents_.back();
    while (first < last) {
      const std::size_t within = first % segment;
      const std::size_t rest = segment - within;
      const std::size_t count = rest < last - first ? rest : last - first;
      visit(first, offsets_at(first), count);
      first += count;
    }
  }

 private:
  Offsets offsets_at(std::size_t element) const;

  std::size_t size_;
  std::vector<std::size_t> extents_;
  std::vector<std::array<std::size_t, kMaxOperands>> strides_;
};

}  // namespace relcam
