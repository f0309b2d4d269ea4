#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "base/weight_block.h"

namespace relcam {

/// Element types of ONNX tensors that may appear in a model file.
enum class DType : std::uint8_t {
  Float32,
  Float16,
  BFloat16,
  Float64,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Bool,
};

/// Bytes of one element.
std::size_t size_of(DType dtype);

/// Lower-case ONNX name, e.g. "float16".
std::string_view to_string(DType dtype);

bool is_floating(DType dtype);

/// An immutable tensor known at load time: typed, row-major, possibly a view into the model file
/// (unaligned), which `owner` keeps alive. Copying shares the bytes.
class Constant {
 public:
  /// Throws InvalidModel when `bytes` is not exactly element_count(shape) * size_of(dtype).
  Constant(DType dtype, Shape shape, std::span<const std::byte> bytes,
           std::shared_ptr<const void> owner);

  /// All of a block.
  Constant(DType dtype, Shape shape, const std::shared_ptr<WeightBlock>& block);

  static Constant from_floats(Shape shape, std::vector<float> values);
  static Constant from_ints(Shape shape, std::vector<std::int64_t> values);
  static Constant from_bools(Shape shape, std::vector<std::uint8_t> values);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::size_t size() const { return element_count(shape_); }
  std::span<const std::byte> bytes() const { return bytes_; }

  /// The same bytes under another shape of as many elements.
  Constant reshaped(Shape shape) const;

  /// Elements converted to float32 (any dtype).
  std::vector<float> floats() const;
  /// Elements converted to int64 (floating types truncate towards zero).
  std::vector<std::int64_t> ints() const;

  /// Says that the next reader is the last.
  void expire() { expires_ = true; }
  /// The memory that the constant fills, if it has room for `floats`, the constant expires, and
  /// nothing else refers to it; else null. The elements can be read until they are overwritten.
  AlignedFloats take(std::size_t floats) const;

 private:
  DType dtype_;
  Shape shape_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  WeightBlock* block_ = nullptr;  ///< the owner, if all of it is the constant's
  bool expires_ = false;
};

}  // namespace relcam
