#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/parameters.h"

namespace relcam {

/// How the sweeps of a start become one relevance at a layer.
enum class Combination : std::uint8_t {
  Single,              ///< one sweep
  BalancedDifference,  ///< first / sum|u_k| - second / sum|o_k|, u and o summed per channel
  PositiveDifference   ///< max(0, first - second), element by element
};

/// What a start may look at: the scores of the tensor that relevance begins at, and which of them
/// is asked about; `target` < scores.size().
struct StartInput {
  std::span<const float> scores;
  std::size_t target = 0;
  const Parameters& parameters;
};

/// Where relevance begins at the output. `seeds` returns one initial relevance per sweep, each with
/// one element per score.
struct Start {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  std::vector<ParameterInfo> parameters = {};
  Combination combination = Combination::Single;
  std::vector<std::vector<float>> (*seeds)(const StartInput& input) = nullptr;
  /// For a start whose seed is the gradient of a function of the scores: the product of that
  /// function's Hessian with `direction`. Null: the seeds are constants to whoever asks.
  std::vector<float> (*curvature)(const StartInput& input,
                                  std::span<const float> direction) = nullptr;
};

/// All starts, in the roster's order.
std::span<const Start> all_starts();

/// Throws InvalidOption naming what is valid.
const Start& find_start(std::string_view name);

/// exp(logits) / sum, without overflow.
std::vector<float> softmax(std::span<const float> logits);

}  // namespace relcam
