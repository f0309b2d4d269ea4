#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace relcam {

/// A buffer of `size` floats that is in use from step `first` to step `last`, both included.
struct Lifetime {
  std::size_t size = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct Placement {
  std::vector<std::size_t> offsets;  ///< in floats, aligned to 16 (64 bytes)
  std::size_t size = 0;
};

/// Places buffers in one arena so that no two that live at once overlap: largest first, each in
/// the lowest gap that fits. Throws OutOfMemory above 4 GB.
Placement place_in_arena(std::span<const Lifetime> lifetimes);

}  // namespace relcam
