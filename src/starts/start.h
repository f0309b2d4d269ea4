#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace relcam {

/// How the sweeps of a start become one relevance at a layer.
enum class Combination : std::uint8_t {
  Single,             ///< one sweep
  BalancedDifference  ///< first / sum|u_k| - second / sum|o_k|, u and o summed per channel
};

/// Where relevance begins at the output. `seeds` returns one initial relevance per sweep, each with
/// one element per class; `target` < logits.size().
struct Start {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  Combination combination = Combination::Single;
  std::vector<std::vector<float>> (*seeds)(std::span<const float> logits, std::size_t target);
};

/// All starts, in the roster's order.
std::span<const Start> all_starts();

/// Throws InvalidOption naming what is valid.
const Start& find_start(std::string_view name);

/// exp(logits) / sum, without overflow.
std::vector<float> softmax(std::span<const float> logits);

}  // namespace relcam
