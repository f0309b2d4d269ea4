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
  return plain_question(entry);
}

}  // namespace relcam::testing
