#include "base/constant.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/error.h"

namespace relcam {
namespace {

float from_float16(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half >> 15U) << 31U;
  const std::uint32_t exponent = (half >> 10U) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide_exponent = exponent == 0x1FU ? 0xFFU : exponent + (127U - 15U);
  return std::bit_cast<float>(sign | (wide_exponent << 23U) | (fraction << 13U));
}

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

/// Truncates towards zero; saturates, and NaN gives 0, because the cast alone would be undefined.
std::int64_t truncated(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (std::isnan(value)) return 0;
  if (value >= kLimit) return std::numeric_limits<std::int64_t>::max();
  if (value <= -kLimit) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

template <typename To, typename From>
To converted(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return truncated(static_cast<double>(value));
  } else {
    return static_cast<To>(value);
  }
}

/// Reads elements of type `Stored` by memcpy, since a view into a model file may be unaligned.
template <typename Stored, typename To, typename Decode>
std::vector<To> decoded(std::span<const std::byte> bytes, Decode decode) {
  std::vector<To> result(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < result.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    result[i] = converted<To>(decode(stored));
  }
  return result;
}

template <typename Stored, typename To>
std::vector<To> decoded(std::span<const std::byte> bytes) {
  if constexpr (std::is_same_v<Stored, To>) {
    std::vector<To> result(bytes.size() / sizeof(To));
    if (!bytes.empty()) std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
  } else {
    return decoded<Stored, To>(bytes, [](Stored stored) { return stored; });
  }
}

template <typename To>
std::vector<To> decoded(DType dtype, std::span<const std::byte> bytes) {
  switch (dtype) {
    case DType::Float32: return decoded<float, To>(bytes);
    case DType::Float16: return decoded<std::uint16_t, To>(bytes, from_float16);
    case DType::BFloat16: return decoded<std::uint16_t, To>(bytes, from_bfloat16);
    case DType::Float64: return decoded<double, To>(bytes);
    case DType::Int8: return decoded<std::int8_t, To>(bytes);
    case DType::UInt8: return decoded<std::uint8_t, To>(bytes);
    case DType::Int16: return decoded<std::int16_t, To>(bytes);
    case DType::UInt16: return decoded<std::uint16_t, To>(bytes);
    case DType::Int32: return decoded<std::int32_t, To>(bytes);
    case DType::UInt32: return decoded<std::uint32_t, To>(bytes);
    case DType::Int64: return decoded<std::int64_t, To>(bytes);
    case DType::UInt64: return decoded<std::uint64_t, To>(bytes);
    case DType::Bool:
      return decoded<std::uint8_t, To>(bytes, [](std::uint8_t stored) { return stored != 0; });
  }
  throw Error(ErrorCode::Internal, "a constant has an unknown element type");
}

template <typename T>
Constant owning(DType dtype, Shape shape, std::vector<T> values) {
  auto owner = std::make_shared<const std::vector<T>>(std::move(values));
  const std::span<const std::byte> bytes = std::as_bytes(std::span(*owner));
  return Constant(dtype, std::move(shape), bytes, std::move(owner));
}

}  // namespace

std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::Int8:
    case DType::UInt8:
    case DType::Bool: return 1;
    case DType::Float16:
    case DType::BFloat16:
    case DType::Int16:
    case DType::UInt16: return 2;
    case DType::Float32:
    case DType::Int32:
    case DType::UInt32: return 4;
    case DType::Float64:
    case DType::Int64:
    case DType::UInt64: return 8;
  }
  throw Error(ErrorCode::Internal, "a constant has an unknown element type");
}

std::string_view to_string(DType dtype) {
  switch (dtype) {
    case DType::Float32: return "float32";
    case DType::Float16: return "float16";
    case DType::BFloat16: return "bfloat16";
    case DType::Float64: return "float64";
    case DType::Int8: return "int8";
    case DType::UInt8: return "uint8";
    case DType::Int16: return "int16";
    case DType::UInt16: return "uint16";
    case DType::Int32: return "int32";
    case DType::UInt32: return "uint32";
    case DType::Int64: return "int64";
    case DType::UInt64: return "uint64";
    case DType::Bool: return "bool";
  }
  return "unknown";
}

bool is_floating(DType dtype) {
  return dtype == DType::Float32 || dtype == DType::Float16 || dtype == DType::BFloat16 ||
         dtype == DType::Float64;
}

Constant::Constant(DType dtype, Shape shape, std::span<const std::byte> bytes,
                   std::shared_ptr<const void> owner)
    : dtype_(dtype), shape_(std::move(shape)), bytes_(bytes), owner_(std::move(owner)) {
  const std::uint64_t expected = std::uint64_t{element_count(shape_)} * size_of(dtype_);
  if (bytes_.size() != expected) {
    throw Error(ErrorCode::InvalidModel, "a " + std::string(to_string(dtype_)) +
                                             " tensor of shape " + relcam::to_string(shape_) +
                                             " needs " + std::to_string(expected) +
                                             " bytes but has " + std::to_string(bytes_.size()));
  }
}

Constant::Constant(DType dtype, Shape shape, const std::shared_ptr<WeightBlock>& block)
    : Constant(dtype, std::move(shape), block->bytes(), block) {
  block_ = block.get();
}

AlignedFloats Constant::take(std::size_t floats) const {
  const bool is_ours = expires_ && block_ != nullptr && owner_.use_count() == 1;
  return is_ours && block_->capacity >= floats ? std::move(block_->data) : nullptr;
}

Constant Constant::from_floats(Shape shape, std::vector<float> values) {
  return owning(DType::Float32, std::move(shape), std::move(values));
}

Constant Constant::from_ints(Shape shape, std::vector<std::int64_t> values) {
  return owning(DType::Int64, std::move(shape), std::move(values));
}

Constant Constant::from_bools(Shape shape, std::vector<std::uint8_t> values) {
  return owning(DType::Bool, std::move(shape), std::move(values));
}

Constant Constant::reshaped(Shape shape) const {
  return Constant(dtype_, std::move(shape), bytes_, owner_);
}

std::vector<float> Constant::floats() const { return decoded<float>(dtype_, bytes_); }

std::vector<std::int64_t> Constant::ints() const { return decoded<std::int64_t>(dtype_, bytes_); }

}  // namespace relcam
