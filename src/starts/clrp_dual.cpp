#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  require_other_classes(input, "clrp-dual");
  const auto others = static_cast<float>(input.scores.size() - 1);
  std::vector<float> target(input.scores.size(), 0.0F);
  target[input.target] = 1.0F;
  std::vector<float> dual(input.scores.size(), 1.0F / others);
  dual[input.target] = 0.0F;
  return {target, dual};
}

}  // namespace

Start clrp_dual_start() {
  return {.name = "clrp-dual",
          .summary =
              "what the target's relevance exceeds that of its dual by: 1 at the target in "
              "one sweep, 1/(N - 1) at each other class in the second",
          .paper =
              "Gu et al., Understanding individual decisions of CNNs via contrastive "
              "backpropagation, ACCV 2018",
          .combination = Combination::PositiveDifference,
          .seeds = seeds};
}

}  // namespace relcam
