#pragma once

#include <emscripten/val.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

#include "base/byte_view.h"

namespace relcam::bindings {

EMSCRIPTEN_DECLARE_VAL_TYPE(ByteArray);

/// Bytes in the WebAssembly memory that JavaScript fills, so that files arrive without a copy.
/// Copies of a buffer share the bytes.
class Buffer {
 public:
  /// Throws std::bad_alloc.
  static Buffer make(std::size_t size) {
    Buffer buffer;
    buffer.resize(size);
    return buffer;
  }

  /// Keeps the bytes that fit. Only before the bytes are handed on. Throws std::bad_alloc.
  void resize(std::size_t size) { block_->resize(size); }

  /// The bytes themselves: valid until any memory is allocated.
  ByteArray view() const {
    auto* bytes = reinterpret_cast<std::uint8_t*>(block_->bytes.get());
    return ByteArray(emscripten::val(emscripten::typed_memory_view(block_->size, bytes)));
  }

  std::span<const std::uint8_t> octets() const {
    return {reinterpret_cast<const std::uint8_t*>(block_->bytes.get()), block_->size};
  }
  std::span<const float> floats() const {
    return {reinterpret_cast<const float*>(block_->bytes.get()), block_->size / sizeof(float)};
  }
  /// The bytes with this buffer's memory as their owner.
  ByteView bytes() const { return {{block_->bytes.get(), block_->size}, block_}; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  /// Memory of malloc, because realloc can grow it in place.
  struct Block {
    void resize(std::size_t new_size) {
      void* grown = std::realloc(bytes.get(), new_size == 0 ? 1 : new_size);
      if (grown == nullptr) throw std::bad_alloc();
      (void)bytes.release();
      bytes.reset(static_cast<std::byte*>(grown));
      size = new_size;
    }
    std::unique_ptr<std::byte, Free> bytes;
    std::size_t size = 0;
  };

  std::shared_ptr<Block> block_ = std::make_shared<Block>();
};

}  // namespace relcam::bindings
