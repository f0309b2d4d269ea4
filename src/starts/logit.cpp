#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(std::span<const float> logits, std::size_t target) {
  std::vector<float> seed(logits.size(), 0.0F);
  seed[target] = logits[target];
  return {seed};
}

}  // namespace

Start logit_start() {
  return {.name = "logit",
          .summary = "the target's logit",
          .paper = "Bach et al., Layer-wise relevance propagation, 2015",
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
