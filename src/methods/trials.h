#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/parameters.h"
#include "image/raster.h"
#include "methods/method.h"

namespace relcam {

/// What is known before the first trial. Arrays are in the order of memory and outlive the trials.
struct TrialInput {
  std::span<const float> input;  ///< the model's
  Raster input_raster = {};
  std::span<const float> activation;  ///< of the asked-for layer
  Raster layer_raster = {};           ///< all zero where the method takes any layer
  /// What is explained: the sum of seed[k] * scores[k].
  std::span<const float> seed;
  std::span<const float> scores;  ///< of the unaltered model
  const Parameters& parameters;
};

/// What the model says to one altered tensor.
struct TrialOutcome {
  std::span<const float> scores;
  /// Of the explained sum, at the asked-for layer; empty unless Rerun::gradients.
  std::span<const float> gradient;
};

/// The runs of a model that a method needs, numbered from 0. Their alterations depend on the number
/// alone, so that several targets share one run of the model.
class Trials {
 public:
  virtual ~Trials() = default;
  virtual std::size_t count() const = 0;
  /// `values` holds the unaltered tensor (see Rerun::altered).
  virtual void alter(std::size_t trial, std::span<float> values) const = 0;
  /// Called once for every trial, in order.
  virtual void take(std::size_t trial, const TrialOutcome& outcome) = 0;
  /// After all trials. For Rerun::attributes, `map` has one value per element of the layer, in the
  /// order of memory.
  virtual CamOutput finish() const = 0;
};

/// Rerun::make of a class of trials.
template <typename Kind>
std::unique_ptr<Trials> make_trials(const TrialInput& input) {
  return std::make_unique<Kind>(input);
}

/// The layer's activations weighted by channel.
CamOutput weigh_activations(const TrialInput& input, std::vector<float> weights);

/// sum_k seed[k] * scores[k].
double explained_score(std::span<const float> seed, std::span<const float> scores);

/// Multiplies every channel of an image by `mask`, one number per position.
void apply_mask(const Raster& raster, std::span<const float> mask, std::span<float> values);

/// The map of one channel, row by row.
std::vector<float> channel_map(const Raster& raster, std::span<const float> values,
                               std::size_t channel);

}  // namespace relcam
