#include "reference/questions.h"

namespace relcam::testing {

std::string kind_of(const nlohmann::json& entry) {
  const std::string kind = entry.at("kind");
  if (kind == "token_map" || kind == "pixel_map") return "cam";
  return kind == "cam_scaled" ? "scaled" : kind;
}

std::optional<Question> plain_question(const nlohmann::json& entry) {
  const std::string method = entry.at("method");
  if (method != "gradient" && method != "forward") return {};
  Question question;
  question.request.method = "grad-cam";
  return question;
}

}  // namespace relcam::testing
