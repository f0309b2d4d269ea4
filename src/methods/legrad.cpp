#include <algorithm>

#include "methods/attention.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput attend(const AttentionInput& input) {
  const AttentionEntry positive = [](const AttentionBlock& block, std::size_t at) {
    return std::max(static_cast<double>(block.signal[at]), 0.0);
  };
  const std::vector<double> every_query(input.tokens, 1.0 / static_cast<double>(input.tokens));
  std::vector<double> row(input.tokens, 0.0);
  for (const AttentionBlock& block : input.blocks) {
    const std::vector<double> keys = times(every_query, mean_over_heads(input, block, positive));
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] += keys[j] / static_cast<double>(input.blocks.size());
    }
  }
  return patches_of(input, row);
}

}  // namespace

Method legrad_method() {
  return {.name = "legrad",
          .summary =
              "positive gradients of every block's attention, each of what the head says of that "
              "block's output",
          .paper =
              "Bousselham et al., LeGrad: An Explainability Method for Vision Transformers via "
              "Feature Formation Sensitivity, ICCV 2025",
          .parameters = {{.name = "score",
                          .type = ParameterType::Choice,
                          .fallback = "mean-tokens",
                          .choices = {"mean-tokens", "class-token"},
                          .summary = "what the head is shown of a block's output: the mean of all "
                                     "tokens, or the first"}},
          .signal = Signal::Gradient,
          .default_layer = kAttentionLayers,
          .attention = {.attend = attend, .scores_blocks = true}};
}

}  // namespace relcam
