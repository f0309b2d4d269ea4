#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <new>

namespace relcam {

/// Frees what `aligned_floats` allocated.
struct AlignedDelete {
  void operator()(float* pointer) const { ::operator delete[](pointer, std::align_val_t{64}); }
};

using AlignedFloats = std::unique_ptr<float[], AlignedDelete>;

/// `count` floats on a cache-line boundary, not initialised, with the slack behind them that
/// XNNPACK may read. Throws std::bad_alloc.
inline AlignedFloats aligned_floats(std::size_t count) {
  constexpr std::size_t kSlack = 16;
  // With 32 bits, the size in bytes would wrap around.
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / sizeof(float) - kSlack;
  if (count > kMost) throw std::bad_alloc();
  return AlignedFloats(static_cast<float*>(
      ::operator new[]((count + kSlack) * sizeof(float), std::align_val_t{64})));
}

}  // namespace relcam
