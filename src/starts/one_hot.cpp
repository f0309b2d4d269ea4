#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  std::vector<float> seed(input.scores.size(), 0.0F);
  seed[input.target] = 1.0F;
  return {seed};
}

}  // namespace

Start one_hot_start() {
  return {.name = "one-hot",
          .summary = "1 at the target",
          .paper = "Bach et al., Layer-wise relevance propagation, 2015",
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
