#include "starts/start.h"

#include <algorithm>
#include <cmath>

#include "base/roster.h"
#include "starts/roster.h"

namespace relcam {

std::span<const Start> all_starts() {
#define RELCAM_LIST_START(name) name##_start(),
  static const std::vector<Start> starts{RELCAM_STARTS(RELCAM_LIST_START)};
#undef RELCAM_LIST_START
  return starts;
}

const Start& find_start(std::string_view name) {
  return find_entry(all_starts(), "start", name);
}

std::vector<float> softmax(std::span<const float> logits) {
  const float largest = std::ranges::max(logits);
  std::vector<double> exponentials(logits.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    exponentials[i] = std::exp(static_cast<double>(logits[i]) - static_cast<double>(largest));
    sum += exponentials[i];
  }
  std::vector<float> result(logits.size());
  std::ranges::transform(exponentials, result.begin(),
                         [sum](double value) { return static_cast<float>(value / sum); });
  return result;
}

}  // namespace relcam
