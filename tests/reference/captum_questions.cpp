#include <map>

#include "reference/questions.h"

namespace relcam::testing {

std::optional<Question> captum_question(const nlohmann::json& entry) {
  static const std::map<std::string, std::string> kMethods = {
      {"Saliency", "saliency"},
      {"Gradient", "gradient"},
      {"InputXGradient", "input-x-gradient"},
      {"GuidedBackprop", "guided-backprop"},
      {"Deconvolution", "deconvnet"}};
  const auto method = kMethods.find(entry.at("method").get<std::string>());
  if (method == kMethods.end()) return plain_question(entry);
  Question question;
  question.request.method = method->second;
  return question;
}

}  // namespace relcam::testing
