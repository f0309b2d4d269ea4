#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/parameters.h"

namespace relcam {

/// What a method looks at beside the activations.
enum class Signal : std::uint8_t { None, Gradient, Relevance };

/// One layer's activation A and its signal (gradient or relevance) G. For maps both are height x
/// width x channels, row-major (channels last); for attributions in the order of the layer's
/// memory, and the extents are 0.
struct MethodInput {
  std::span<const float> activation;
  std::span<const float> signal;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channels = 0;
  /// Whether a channel's weight is the mean of its signal over positions, rather than the sum.
  bool mean_weights = false;
  Parameters parameters = {};
};

/// `weights`: one per channel. `map`: height x width, raw and signed.
struct CamOutput {
  std::vector<float> weights;
  std::vector<float> map;
};

class Trials;
struct TrialInput;

/// Which tensor a trial alters: the model's input, or the asked-for layer itself.
enum class Altered : std::uint8_t { Input, Layer };

/// How a method runs the model again (see methods/trials.h).
struct Rerun {
  Altered altered = Altered::Layer;
  bool gradients = false;   ///< trials look at gradients beside the scores
  bool any_layer = false;   ///< the layer need not be an image
  bool attributes = false;  ///< an attribution comes out, not a map
  std::unique_ptr<Trials> (*make)(const TrialInput& input) = nullptr;
};

/// A method, as data. Class activation maps fill in `map`, attributions `attribute`, and methods
/// that run the model again `rerun`.
struct Method {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  std::vector<ParameterInfo> parameters = {};
  Signal signal = Signal::Relevance;
  std::string_view default_start;
  std::string_view default_composite;
  std::string_view default_layer = "stages";
  bool rectify = false;         ///< the paper's ReLU before scaling
  bool weighs_channels = true;  ///< a map comes with a weight per channel
  CamOutput (*map)(const MethodInput& input) = nullptr;
  /// One value per element of the layer.
  std::vector<float> (*attribute)(const MethodInput& input) = nullptr;
  Rerun rerun = {};

  bool runs_again() const { return rerun.make != nullptr; }
  bool makes_maps() const { return map != nullptr || (runs_again() && !rerun.attributes); }
};

/// "gradient" or "relevance"; empty for None.
std::string_view to_string(Signal signal);

/// All methods, in the roster's order.
std::span<const Method> all_methods();

/// Throws InvalidOption naming what is valid.
const Method& find_method(std::string_view name);

/// sum_k weights[k] * A_k.
std::vector<float> weighted_sum(const MethodInput& input, std::span<const float> weights);

/// Per channel: sum, or with input.mean_weights mean, of the signal over positions.
std::vector<float> channel_weights(const MethodInput& input);

}  // namespace relcam
