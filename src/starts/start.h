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

/// Throws UnknownClass for a class that is not < count; `option` becomes the error's node.
void check_classes(std::span<const std::size_t> classes, std::size_t count,
                   std::string_view option);

/// The classes that the parameter lists. Throws UnknownClass for one that does not exist and
/// InvalidOption if the target is among them.
std::vector<std::size_t> chosen_classes(const StartInput& input, std::string_view parameter);

/// All classes but the target, highest score first, ties in the order of the classes.
std::vector<std::size_t> other_classes_by_score(const StartInput& input);

/// Throws InvalidOption, naming the start, where there is no class beside the target.
void require_other_classes(const StartInput& input, std::string_view start);

/// exp(logits) / sum, without overflow.
std::vector<float> softmax(std::span<const float> logits);

}  // namespace relcam
