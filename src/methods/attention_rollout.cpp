#include "methods/attention.h"
#include "methods/roster.h"

namespace relcam {

namespace {

CamOutput attend(const AttentionInput& input) {
  const AttentionEntry weight = [](const AttentionBlock& block, std::size_t at) {
    return static_cast<double>(block.weights[at]);
  };
  return roll_out(input, weight, true);
}

}  // namespace

Method attention_rollout_method() {
  return {.name = "attention-rollout",
          .summary =
              "how attention mixes the patches into the class token, block after block, whatever "
              "the class",
          .paper = "Abnar and Zuidema, Quantifying Attention Flow in Transformers, ACL 2020",
          .parameters = {start_layer_parameter()},
          .signal = Signal::None,
          .default_layer = kAttentionLayers,
          .attention = {.attend = attend, .has_matrix = true}};
}

}  // namespace relcam
