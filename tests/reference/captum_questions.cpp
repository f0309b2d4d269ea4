#include <map>

#include "reference/questions.h"

namespace relcam::testing {

namespace {

std::string text(const nlohmann::json& number) { return std::to_string(number.get<int>()); }

/// Methods that run the model again.
std::optional<Question> rerun_question(const nlohmann::json& entry) {
  const nlohmann::json& params = entry.at("params");
  Question question;
  Settings& settings = question.request.parameters;
  if (entry.at("method") == "IntegratedGradients") {
    question.request.method = "integrated-gradients";
    settings["steps"] = text(params.at("n_steps"));
  } else if (entry.at("method") == "Occlusion") {
    question.request.method = "occlusion";
    settings["window"] = text(params.at("window").at(2));
    settings["stride"] = text(params.at("stride").at(2));
  } else {
    return {};
  }
  settings["baseline"] = text(params.at("baseline"));
  return question;
}

}  // namespace

std::optional<Question> captum_question(const nlohmann::json& entry) {
  if (auto question = rerun_question(entry)) return question;
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
