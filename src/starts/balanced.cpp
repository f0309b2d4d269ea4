#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  std::vector<float> target_seed(input.scores.size(), 0.0F);
  target_seed[input.target] = 1.0F;
  const auto classes = static_cast<float>(input.scores.size());
  return {target_seed, std::vector<float>(input.scores.size(), 1.0F / classes)};
}

}  // namespace

Start balanced_start() {
  return {
      .name = "balanced",
      .summary = "the target's sweep minus that of all classes, each scaled to equal total weight",
      .paper = "this project; see ARCHITECTURE.md",
      .combination = Combination::BalancedDifference,
      .seeds = seeds};
}

}  // namespace relcam
