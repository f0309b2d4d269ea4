#include <algorithm>
#include <string>

#include "base/error.h"
#include "starts/roster.h"

namespace relcam {

namespace {

std::vector<std::vector<float>> seeds(const StartInput& input) {
  require_other_classes(input, "contrast");
  std::vector<std::size_t> against = chosen_classes(input, "against");
  if (against.empty()) against = {other_classes_by_score(input).front()};
  std::vector<float> seed(input.scores.size(), 0.0F);
  for (const std::size_t rival : against) seed[rival] -= 1.0F / static_cast<float>(against.size());
  seed[input.target] += 1.0F;
  return {seed};
}

}  // namespace

Start contrast_start() {
  return {.name = "contrast",
          .summary = "+1 at the target, -1 spread evenly over the classes it is set against",
          .paper = "Prabhushankar et al., Contrastive explanations in neural networks, ICIP 2020",
          .parameters = {{.name = "against",
                          .type = ParameterType::Classes,
                          .fallback = "",
                          .summary = "classes to set the target against; empty: the runner-up"}},
          .combination = Combination::Single,
          .seeds = seeds};
}

}  // namespace relcam
