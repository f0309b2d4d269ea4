#include <algorithm>
#include <string>

#include "methods/attention.h"
#include "methods/roster.h"

namespace relcam {

namespace {

constexpr std::string_view kFull = "full";

double relevance_at(const AttentionBlock& block, std::size_t at) {
  return std::max(static_cast<double>(block.signal[at]), 0.0);
}

double weighted_at(const AttentionBlock& block, std::size_t at) {
  const auto gradient = static_cast<double>(block.gradient[at]);
  return std::max(gradient * static_cast<double>(block.signal[at]), 0.0);
}

double weight_at(const AttentionBlock& block, std::size_t at) {
  return static_cast<double>(block.weights[at]);
}

CamOutput one_block(const AttentionInput& input, const AttentionBlock& block,
                    AttentionEntry entry) {
  return patches_of(input, times(reading_row(input), mean_over_heads(input, block, entry)));
}

/// Relevance at the model's input, summed over channels.
CamOutput at_pixels(const ImageSignal& image) {
  return {.weights = {}, .map = to_floats(position_sums(image))};
}

CamOutput attend(const AttentionInput& input) {
  const std::string& map = input.parameters.text("map");
  const bool weighs = input.parameters.text("gradient") == "yes";
  const AttentionEntry entry = weighs ? weighted_at : relevance_at;
  if (map == kFull) return at_pixels(input.image);
  if (map == "rollout") return roll_out(input, relevance_at, false);
  if (map == "last-layer") return one_block(input, input.blocks.back(), entry);
  if (map == "second-layer") {
    return one_block(input, input.blocks[std::min<std::size_t>(1, input.blocks.size() - 1)], entry);
  }
  if (map == "last-layer-attn") return one_block(input, input.blocks.back(), weight_at);
  return roll_out(input, weighted_at, false);
}

bool reads_image(const Parameters& parameters) { return parameters.text("map") == kFull; }

}  // namespace

Method transformer_attribution_method() {
  return {
      .name = "transformer-attribution",
      .summary =
          "attention's relevance times its gradient, positive part, rolled out over the blocks",
      .paper =
          "Chefer, Gur, Wolf, Transformer Interpretability Beyond Attention Visualization, "
          "CVPR 2021, equations 13 and 14",
      .parameters = {{.name = "map",
                      .type = ParameterType::Choice,
                      .fallback = "attribution",
                      .choices = {"attribution", "rollout", "last-layer", "second-layer",
                                  "last-layer-attn", kFull},
                      .summary = "the method itself; the rollout of relevance alone; one block "
                                 "alone; attention without relevance; relevance at the pixels"},
                     {.name = "gradient",
                      .type = ParameterType::Choice,
                      .fallback = "no",
                      .choices = {"no", "yes"},
                      .summary = "whether the maps of one block weigh relevance by the gradient"},
                     start_layer_parameter()},
      .signal = Signal::Relevance,
      .default_composite = "transformer-attribution",
      .default_layer = kAttentionLayers,
      .attention = {
          .attend = attend, .reads_image = reads_image, .gradient = true, .has_matrix = true}};
}

}  // namespace relcam
