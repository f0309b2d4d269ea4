#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  std::vector<float> seed(input.scores.size(), 0.0F);
  seed[input.target] = softmax(input.scores)[input.target];
  return {seed};
}

}  // namespace

Start softmax_start() {
  return {.name = "softmax",
          .summary = "the target's softmax probability at the target",
          .paper =
              "Bach et al., On pixel-wise explanations for non-linear classifier decisions, "
              "PLOS ONE 2015",
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
