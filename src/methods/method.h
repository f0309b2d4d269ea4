#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/parameters.h"
#include "image/raster.h"

namespace relcam {

/// What a method looks at beside the activations.
enum class Signal : std::uint8_t { None, Gradient, Relevance };

/// A signal with the shape of an image.
struct ImageSignal {
  std::span<const float> values;
  Raster raster = {};  ///< channels last
};

/// A node that adds a constant to each channel of an image, and the signal at its output.
struct BiasTerm {
  std::span<const float> bias;  ///< one per channel
  ImageSignal signal;
};

/// One layer's activation A and its signal (gradient or relevance) G. For maps, and for methods
/// with a guide, both are images, channels last; for other attributions they are in the order of
/// the layer's memory, and the raster is all zero.
struct MethodInput {
  std::span<const float> activation;
  std::span<const float> signal;
  Raster raster = {};
  /// Whether the composite takes the mean of a channel's relevance over positions, rather than the
  /// sum.
  bool mean_weights = false;
  Parameters parameters = {};
  /// What the composite Method::guide sends to the model's input.
  ImageSignal guide = {};
  /// With Method::reads_biases: the biased nodes between the layer and the start.
  std::span<const BiasTerm> biases = {};
  /// With Method::reads_curvature: the Hessian of the start's function of the scores with respect
  /// to A, times A, in the order of A. Empty where that function is linear.
  std::span<const float> curvature = {};
};

/// `weights`: one per channel, empty where the method has none. `map`: height x width, raw and
/// signed. `matrix`: tokens x tokens, of methods on attention, if it is asked for.
struct CamOutput {
  std::vector<float> weights;
  std::vector<float> map;
  std::vector<float> matrix = {};
};

/// What one channel adds to the map at one position, given activation and signal there (0 for
/// methods without a signal).
using Contribution = float (*)(float activation, float signal);

/// How the channels' contributions become one number per position.
enum class Join : std::uint8_t {
  Sum,               ///< with eigen-smooth (map.h), Principal
  Principal,         ///< their first principal direction (principal.h)
  PrincipalPositive  ///< the same, signed so that its largest value is positive
};

/// What a method needs of the layers it is asked about.
enum class LayerDemand : std::uint8_t {
  None,
  /// One average or sum over all positions, then at most one linear operator up to the logits.
  PooledLinear
};

class MapWork;
class Trials;
struct TrialInput;

/// Which tensor a trial alters: the model's input, or the asked-for layer itself.
enum class Altered : std::uint8_t { Input, Layer };

/// How a method runs the model again (see methods/trials.h).
struct Rerun {
  Altered altered = Altered::Layer;
  bool gradients = false;       ///< trials look at gradients beside the scores
  bool any_layer = false;       ///< the layer need not be an image
  bool attributes = false;      ///< an attribution comes out, not a map
  bool weighs_channels = true;  ///< the trials fill in CamOutput::weights
  std::unique_ptr<Trials> (*make)(const TrialInput& input) = nullptr;
};

struct AttentionInput;

/// The word for all attention of a model, as a layer name.
inline constexpr std::string_view kAttentionLayers = "attention";

/// How a method makes its map of attention alone (see methods/attention.h).
struct AttentionUse {
  CamOutput (*attend)(const AttentionInput& input) = nullptr;
  /// Whether it reads its signal at the model's input, of which the map then has the size.
  bool (*reads_image)(const Parameters& parameters) = nullptr;
  bool gradient = false;       ///< reads the target's gradient beside its signal
  bool scores_blocks = false;  ///< gradients are of what the head says of each block's output
  bool has_matrix = false;     ///< can give a matrix of tokens
};

/// A method, as data. Class activation maps fill in one of `weigh`, `contribution` and `map`;
/// attributions `attribute`; methods that run the model again `rerun`; those that look at attention
/// alone `attention`.
struct Method {
  std::string_view name;
  std::string_view summary;
  std::string_view paper;
  std::vector<ParameterInfo> parameters = {};
  Signal signal = Signal::Relevance;
  std::string_view default_start = "one-hot";
  std::string_view default_composite = "gradient";
  /// In its place where the model has attention; empty: the same.
  std::string_view attention_composite = {};
  std::string_view default_layer = "stages";
  /// How its maps of several layers become one, unless the request says (fusion.h); empty: not.
  std::string_view default_fusion = {};
  LayerDemand demand = LayerDemand::None;
  /// Layers with more positions take too much memory; 0: no such bound.
  std::size_t most_positions = 0;
  /// A second composite, swept from the same start down to the model's input. Attributions of a
  /// method that has one are made at spatial layers and have the input's elements, channels last.
  std::string_view guide = {};
  bool reads_biases = false;     ///< reads MethodInput::biases
  bool reads_curvature = false;  ///< reads MethodInput::curvature
  bool rectify = false;          ///< the paper's ReLU before scaling
  /// One weight per channel: a channel contributes its activation times its weight.
  std::vector<float> (*weigh)(const MethodInput& input) = nullptr;
  Contribution contribution = nullptr;
  Join join = Join::Sum;  ///< of what channels contribute
  /// Starts a map that is no such thing. What `input` views outlives the work.
  std::unique_ptr<MapWork> (*map)(const MethodInput& input) = nullptr;
  /// One value per element of the layer, in its order (of the input, if there is a guide).
  std::vector<float> (*attribute)(const MethodInput& input) = nullptr;
  Rerun rerun = {};
  AttentionUse attention = {};

  bool attends() const { return attention.attend != nullptr; }
  bool runs_again() const { return rerun.make != nullptr; }
  /// Maps come of a layer's signals (map.h).
  bool maps_signals() const {
    return weigh != nullptr || contribution != nullptr || map != nullptr;
  }
  bool makes_maps() const {
    return maps_signals() || attends() || (runs_again() && !rerun.attributes);
  }
  bool weighs_channels() const {
    return weigh != nullptr || (runs_again() && rerun.weighs_channels);
  }
};

/// "gradient" or "relevance"; empty for None.
std::string_view to_string(Signal signal);

/// All methods, in the roster's order.
std::span<const Method> all_methods();

/// Throws InvalidOption naming what is valid.
const Method& find_method(std::string_view name);

/// The attribution of methods that are their signal.
std::vector<float> signal_itself(const MethodInput& input);

/// sum_k weights[k] * A_k, height x width.
std::vector<float> weighted_sum(const Raster& raster, std::span<const float> values,
                                std::span<const float> weights);

/// Per position: sum over channels.
std::vector<double> position_sums(const ImageSignal& image);

/// Per channel: sum over positions of `values`.
std::vector<double> channel_sums(const Raster& raster, std::span<const float> values);

/// Per channel: sum over positions of the signal.
std::vector<float> summed_signal(const MethodInput& input);

/// Per channel: mean over positions of the signal.
std::vector<float> mean_signal(const MethodInput& input);

std::vector<float> to_floats(std::span<const double> values);

}  // namespace relcam
