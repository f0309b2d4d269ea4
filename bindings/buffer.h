#pragma once

#include <emscripten/val.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/byte_view.h"
#include "base/weight_block.h"

namespace relcam::bindings {

EMSCRIPTEN_DECLARE_VAL_TYPE(ByteArray);

/// Bytes in the WebAssembly memory that JavaScript fills. Copies of a buffer share the bytes.
class Buffer {
 public:
  /// Throws std::bad_alloc.
  static Buffer make(std::size_t size) { return Buffer(size); }

  /// The bytes themselves: valid until any memory is allocated.
  ByteArray view() const {
    auto* bytes = reinterpret_cast<std::uint8_t*>(block_.get());
    return ByteArray(emscripten::val(emscripten::typed_memory_view(size_, bytes)));
  }

  std::span<const std::uint8_t> octets() const {
    return {reinterpret_cast<const std::uint8_t*>(block_.get()), size_};
  }
  std::span<const float> floats() const {
    return {reinterpret_cast<const float*>(block_.get()), size_ / sizeof(float)};
  }
  /// The bytes with this buffer's memory as their owner.
  ByteView bytes() const { return {{block_.get(), size_}, block_}; }

 private:
  explicit Buffer(std::size_t size) : size_(size), block_(new std::byte[size]) {}

  std::size_t size_;
  std::shared_ptr<std::byte[]> block_;
};

/// Memory for one tensor of a file, which JavaScript fills.
class Weights {
 public:
  /// Throws std::bad_alloc.
  static Weights make(std::size_t size) { return Weights(size); }

  /// The bytes themselves: valid until any memory is allocated.
  ByteArray view() const {
    auto* bytes = reinterpret_cast<std::uint8_t*>(block_->data.get());
    return ByteArray(emscripten::val(emscripten::typed_memory_view(block_->size, bytes)));
  }

  const std::shared_ptr<WeightBlock>& block() const { return block_; }

 private:
  explicit Weights(std::size_t size) : block_(std::make_shared<WeightBlock>(size)) {}

  std::shared_ptr<WeightBlock> block_;
};

}  // namespace relcam::bindings
