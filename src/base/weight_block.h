#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/aligned.h"

namespace relcam {

/// Memory that one tensor of a file arrives in, so that it can go, or be packed where it lies, as
/// soon as its layer is prepared: a model's weights never exist twice. Packing adds a bias per
/// channel and fills up the last channels, for which there is some room behind.
struct WeightBlock {
  explicit WeightBlock(std::size_t bytes)
      : size(bytes), capacity(bytes / sizeof(float) + bytes / 128 + 1024) {
    data = aligned_floats(capacity);
  }
  std::span<std::byte> bytes() {
    return std::as_writable_bytes(std::span(data.get(), capacity)).first(size);
  }

  std::size_t size;      ///< bytes
  std::size_t capacity;  ///< floats
  AlignedFloats data;
};

/// By file ("": the model itself) and by where the block begins in it.
using WeightBlocks = std::map<std::string, std::map<std::uint64_t, std::shared_ptr<WeightBlock>>>;

}  // namespace relcam
