#include "reference/questions.h"

namespace relcam::testing {

std::optional<Question> pgc_question(const nlohmann::json& entry) {
  const nlohmann::json& params = entry.at("params");
  const bool plain_grad_cam = entry.at("method") == "GradCAM" && entry.at("layer").is_string() &&
                              params.size() == 1 && params.contains("weights");
  if (!plain_grad_cam) return plain_question(entry);
  Question question;
  question.request.method = "grad-cam";
  return question;
}

}  // namespace relcam::testing
