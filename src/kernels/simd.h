#pragma once

#include <cstddef>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

/// Four floats at a time, in the vector extensions that GCC and clang share, so that one source
/// serves WebAssembly SIMD and native builds.
namespace relcam::simd {

using f32x4 = float __attribute__((vector_size(16)));

inline f32x4 load(const float* from) {
  f32x4 value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline void store(float* to, f32x4 value) { std::memcpy(to, &value, sizeof value); }

inline f32x4 splat(float value) { return f32x4{value, value, value, value}; }

inline f32x4 zero() { return f32x4{}; }

/// a * b + c; fused where relaxed SIMD has an instruction for it.
inline f32x4 madd(f32x4 a, f32x4 b, f32x4 c) {
#if defined(__wasm_relaxed_simd__)
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

/// The larger of each pair; `b` where `a` is NaN.
inline f32x4 max(f32x4 a, f32x4 b) {
#if defined(__wasm_simd128__)
  return __builtin_wasm_pmax_f32x4(b, a);
#else
  return a > b ? a : b;
#endif
}

/// The smaller of each pair; `b` where `a` is NaN.
inline f32x4 min(f32x4 a, f32x4 b) {
#if defined(__wasm_simd128__)
  return __builtin_wasm_pmin_f32x4(b, a);
#else
  return a < b ? a : b;
#endif
}

/// Limits; NaN stays NaN.
class Clamp {
 public:
  Clamp(float low, float high) : low_(splat(low)), high_(splat(high)) {}

  f32x4 operator()(f32x4 value) const { return min(high_, max(low_, value)); }

 private:
  f32x4 low_;
  f32x4 high_;
};

/// Takes the values of the signs it allows, and 0 for others.
inline Clamp clamp_signs(bool negative, bool positive) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {negative ? -kInfinity : 0.0F, positive ? kInfinity : 0.0F};
}

inline float sum(f32x4 value) { return (value[0] + value[2]) + (value[1] + value[3]); }

/// Rows become columns.
inline void transpose(f32x4& a, f32x4& b, f32x4& c, f32x4& d) {
  const f32x4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const f32x4 ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const f32x4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const f32x4 cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/// Loads or stores the first `count` <= 4 lanes; the others read as zero.
inline f32x4 load_first(const float* from, std::size_t count) {
  if (count >= 4) return load(from);
  f32x4 value{};
  for (std::size_t i = 0; i < count; ++i) value[i] = from[i];
  return value;
}

inline void store_first(float* to, f32x4 value, std::size_t count) {
  if (count >= 4) return store(to, value);
  for (std::size_t i = 0; i < count; ++i) to[i] = value[i];
}

/// Calls body(0), ..., body(count - 1) with compile-time constants, so that arrays indexed by them
/// live in registers.
template <std::size_t count, typename Body>
[[gnu::always_inline]] inline void unrolled(const Body& body) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (body(std::integral_constant<std::size_t, i>{}), ...);
  }(std::make_index_sequence<count>{});
}

}  // namespace relcam::simd
