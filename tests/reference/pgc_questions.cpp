#include "reference/questions.h"

namespace relcam::testing {

namespace {

/// Methods that run the model again.
std::optional<Question> rerun_question(const nlohmann::json& entry) {
  Question question;
  if (entry.at("method") == "ScoreCAM") {
    question.request.method = "score-cam";
  } else if (entry.at("method") == "AblationCAM" && entry.at("params").at("ablation_value") == 0) {
    question.request.method = "ablation-cam";
  } else {
    return {};
  }
  return question;
}

}  // namespace

std::optional<Question> pgc_question(const nlohmann::json& entry) {
  if (auto question = rerun_question(entry)) return question;
  const nlohmann::json& params = entry.at("params");
  const bool plain_grad_cam = entry.at("method") == "GradCAM" && entry.at("layer").is_string() &&
                              params.size() == 1 && params.contains("weights");
  if (!plain_grad_cam) return plain_question(entry);
  Question question;
  question.request.method = "grad-cam";
  return question;
}

}  // namespace relcam::testing
