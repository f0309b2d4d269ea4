#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace relcam {

/// Largest seed that users may give: where std::size_t has 32 bits, it has to fit.
inline constexpr double kMostSeed = 4294967295.0;

/// Random numbers that are the same on every platform: SplitMix64 (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014), which the distributions of <random>
/// are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// Another sequence for every pair of seed and stream.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(Random(seed).next() ^ stream) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// Evenly spread over [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

  /// Standard normal, by the method of Box and Muller (1958).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace relcam
