#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace relcam {

/// Bytes that `owner` keeps alive: whoever stores a part of them stores the owner too, not a copy.
struct ByteView {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

}  // namespace relcam
