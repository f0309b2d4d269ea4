#include "starts/start.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/roster.h"
#include "starts/roster.h"

namespace relcam {

std::span<const Start> all_starts() {
#define RELCAM_LIST_START(name) name##_start(),
  static const std::vector<Start> starts{RELCAM_STARTS(RELCAM_LIST_START)};
#undef RELCAM_LIST_START
  return starts;
}

const Start& find_start(std::string_view name) { return find_entry(all_starts(), "start", name); }

void check_classes(std::span<const std::size_t> classes, std::size_t count,
                   std::string_view option) {
  for (const std::size_t chosen : classes) {
    if (chosen < count) continue;
    throw Error(ErrorCode::UnknownClass,
                "class " + std::to_string(chosen) + " does not exist: the model has " +
                    std::to_string(count) + " classes, counted from 0",
                std::string(option));
  }
}

std::vector<std::size_t> chosen_classes(const StartInput& input, std::string_view parameter) {
  std::vector<std::size_t> classes = input.parameters.classes(parameter);
  check_classes(classes, input.scores.size(), parameter);
  if (std::ranges::find(classes, input.target) == classes.end()) return classes;
  throw Error(ErrorCode::InvalidOption,
              "class " + std::to_string(input.target) + " is the target: parameter '" +
                  std::string(parameter) + "' can only name other classes",
              std::string(parameter));
}

std::vector<std::size_t> other_classes_by_score(const StartInput& input) {
  std::vector<std::size_t> classes;
  for (std::size_t i = 0; i < input.scores.size(); ++i) {
    if (i != input.target) classes.push_back(i);
  }
  // Equal scores keep the order of the classes, on every platform.
  std::ranges::sort(classes, {}, [&](std::size_t i) { return std::pair(-input.scores[i], i); });
  return classes;
}

void require_other_classes(const StartInput& input, std::string_view start) {
  if (input.scores.size() > 1) return;
  throw Error(ErrorCode::InvalidOption,
              "the start '" + std::string(start) +
                  "' compares classes, but the tensor it begins at has one element only",
              "start");
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
