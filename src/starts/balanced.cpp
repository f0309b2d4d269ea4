#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(std::span<const float> logits, std::size_t target) {
  std::vector<float> target_seed(logits.size(), 0.0F);
  target_seed[target] = 1.0F;
  const auto classes = static_cast<float>(logits.size());
  return {target_seed, std::vector<float>(logits.size(), 1.0F / classes)};
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
