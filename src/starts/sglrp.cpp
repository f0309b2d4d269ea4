#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  const std::vector<float> y = softmax(input.scores);
  std::vector<float> seed(input.scores.size());
  for (std::size_t n = 0; n < seed.size(); ++n) seed[n] = -y[input.target] * y[n];
  seed[input.target] = y[input.target] * (1.0F - y[input.target]);
  return {seed};
}

}  // namespace

Start sglrp_start() {
  return {.name = "sglrp",
          .summary = "softmax gradient: y_t (1 - y_t) at the target, -y_t y_n elsewhere",
          .paper = "Iwana et al., Softmax gradient layer-wise relevance propagation, 2019",
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
