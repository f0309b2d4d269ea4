#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  std::vector<float> seed(input.scores.size(), 0.0F);
  seed[input.target] = input.scores[input.target];
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
