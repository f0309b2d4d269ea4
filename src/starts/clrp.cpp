#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  const auto classes = static_cast<float>(input.scores.size());
  std::vector<float> seed(input.scores.size(), -1.0F / classes);
  seed[input.target] = 1.0F;
  return {seed};
}

}  // namespace

Start clrp_start() {
  return {.name = "clrp",
          .summary = "+1 at the target, -1/N at each of the N - 1 other classes",
          .paper = "Lee et al., Relevance-CAM, CVPR 2021",
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
