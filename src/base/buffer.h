#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace relcam {

/// Floats for one tensor or arena, not initialised, with slack behind the end because SIMD kernels
/// may read (never write) a little past it.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size)
      : data_(std::make_unique_for_overwrite<float[]>(size + kSlack)), size_(size) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<float> floats() { return {data_.get(), size_}; }
  std::span<const float> floats() const { return {data_.get(), size_}; }

 private:
  static constexpr std::size_t kSlack = 16;
  std::unique_ptr<float[]> data_;
  std::size_t size_ = 0;
};

/// `size` times `value`.
inline Buffer filled(std::size_t size, float value) {
  Buffer buffer(size);
  std::ranges::fill(buffer.floats(), value);
  return buffer;
}

}  // namespace relcam
