#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace relcam {

/// What a CAM method weighs the activations by.
enum class Signal : std::uint8_t { Gradient, Relevance };

/// One layer's activation A and its signal (gradient or relevance) G, both height x width x
/// channels, row-major (channels last).
struct CamInput {
  std::span<const float> activation;
  std::span<const float> signal;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channels = 0;
  /// Whether a channel's weight is the mean of its signal over positions, rather than the sum.
  bool mean_weights = false;
};

/// `weights`: one per channel. `map`: height x width, raw and signed.
struct CamOutput {
  std::vector<float> weights;
  std::vector<float> map;
};

/// A class activation map method, as data.
struct CamMethod {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  Signal signal = Signal::Relevance;
  std::string_view default_start;
  std::string_view default_composite;
  bool rectify = false;  ///< the paper's ReLU before scaling
  CamOutput (*map)(const CamInput& input) = nullptr;
};

/// All methods, in the roster's order.
std::span<const CamMethod> all_methods();

/// Throws InvalidOption naming what is valid.
const CamMethod& find_method(std::string_view name);

/// sum_k weights[k] * A_k.
std::vector<float> weighted_sum(const CamInput& input, std::span<const float> weights);

/// Per channel: sum, or with input.mean_weights mean, of the signal over positions.
std::vector<float> channel_weights(const CamInput& input);

}  // namespace relcam
