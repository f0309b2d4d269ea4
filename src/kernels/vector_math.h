#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace relcam {

/// Elementary functions without branches or calls, so that loops over them become SIMD code.
/// Relative errors stay within a few units in the last place of a float.

/// 2^n for n in [-126, 127].
inline float power_of_two(std::int32_t n) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(n + 127) << 23U);
}

/// x = n ln 2 + remainder, |remainder| <= ln 2 / 2. |x| must stay below 2^21.
struct Reduced {
  std::int32_t n;
  float remainder;
};

inline Reduced reduce_by_log2(float x) {
  constexpr float kLog2E = 1.44269504088896341F;
  constexpr float kLn2High = 0.693359375F;  // exact in 10 bits, so that n * kLn2High is exact
  constexpr float kLn2Low = -2.12194440054690583e-4F;
  constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const float rounded = x * kLog2E + kRounder;
  const auto n = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(rounded) -
                                           std::bit_cast<std::uint32_t>(kRounder));
  const float whole = rounded - kRounder;
  return {n, (x - whole * kLn2High) - whole * kLn2Low};
}

/// e^r - 1 for |r| <= ln 2 / 2: the Taylor series, whose rest is below 1e-8 of r.
inline float expm1_of_remainder(float r) {
  float sum = 1.0F / 5040.0F;
  sum = sum * r + 1.0F / 720.0F;
  sum = sum * r + 1.0F / 120.0F;
  sum = sum * r + 1.0F / 24.0F;
  sum = sum * r + 1.0F / 6.0F;
  sum = sum * r + 0.5F;
  return sum * r * r + r;
}

inline float exponential(float x) {
  x = x < -104.0F ? -104.0F : x;
  x = x > 89.0F ? 89.0F : x;
  const Reduced reduced = reduce_by_log2(x);
  const std::int32_t half = reduced.n / 2;  // 2^n itself may be neither finite nor normal
  return (1.0F + expm1_of_remainder(reduced.remainder)) * power_of_two(half) *
         power_of_two(reduced.n - half);
}

/// e^x - 1 for x <= 0, exact near 0.
inline float expm1_of_nonpositive(float x) {
  x = x < -80.0F ? -80.0F : x;
  const Reduced reduced = reduce_by_log2(x);
  const float scale = power_of_two(reduced.n);
  return scale * expm1_of_remainder(reduced.remainder) + (scale - 1.0F);
}

/// std::copysign, which clang takes out of vectors element by element.
inline float with_sign_of(float magnitude, float x) {
  constexpr std::uint32_t kSign = 1U << 31U;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(magnitude) & ~kSign) |
                              (std::bit_cast<std::uint32_t>(x) & kSign));
}

inline float sigmoid(float x) { return 1.0F / (1.0F + exponential(-x)); }

inline float hyperbolic_tangent(float x) {
  const float decay = expm1_of_nonpositive(-2.0F * std::fabs(x));
  return with_sign_of(-decay / (2.0F + decay), x);
}

/// erf(x) for |x| <= 1/2: its Taylor series.
[[gnu::always_inline]] inline float error_function_near_0(float x) {
  constexpr float kTwoOverSqrtPi = 2.0F * std::numbers::inv_sqrtpi_v<float>;
  const float square = x * x;
  float sum = 1.0F / 9360.0F;
  sum = sum * square - 1.0F / 1320.0F;
  sum = sum * square + 1.0F / 216.0F;
  sum = sum * square - 1.0F / 42.0F;
  sum = sum * square + 0.1F;
  sum = sum * square - 1.0F / 3.0F;
  return kTwoOverSqrtPi * (x + x * square * sum);
}

/// 1 - erf(x) for x in [0.4, 4]: exp(-x^2) times the polynomial that interpolates exp(x^2) erfc(x)
/// in t = 1 / (1 + x / 2) at Chebyshev points. The error is below 2e-7.
[[gnu::always_inline]] inline float complementary_error_function(float x) {
  const float t = 1.0F / (1.0F + 0.5F * x);
  float sum = 0.0130443890F;
  sum = sum * t - 0.266522378F;
  sum = sum * t + 0.674225211F;
  sum = sum * t - 0.0826586485F;
  sum = sum * t + 0.400241256F;
  sum = sum * t + 0.259851992F;
  sum = sum * t + 0.00172755239F;
  return sum * exponential(-x * x);
}

[[gnu::always_inline]] inline float error_function(float x) {
  const float size = std::fabs(x);
  const float within = size > 4.0F ? 4.0F : size;  // beyond, erf is 1 to the last bit
  const float tail = with_sign_of(1.0F - complementary_error_function(within), x);
  return size < 0.5F ? error_function_near_0(x) : tail;
}

}  // namespace relcam
