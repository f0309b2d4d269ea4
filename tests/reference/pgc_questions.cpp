#include "reference/questions.h"

namespace relcam::testing {

namespace {

/// Methods that look beyond a layer's gradient.
std::optional<Question> wider_question(const nlohmann::json& entry) {
  const std::string method = entry.at("method");
  if (method != "FullGrad" && method != "ShapleyCAM") return {};
  // The peer of FullGrad sees convolution and normalisation apart.
  Question question{.fold_batch_norm = method != "FullGrad"};
  question.request.method = method == "FullGrad" ? "fullgrad" : "shapley-cam";
  return question;
}

}  // namespace

std::optional<Question> pgc_question(const nlohmann::json& entry) {
  if (auto question = wider_question(entry)) return question;
  const nlohmann::json& params = entry.at("params");
  const bool plain_grad_cam = entry.at("method") == "GradCAM" && entry.at("layer").is_string() &&
                              params.size() == 1 && params.contains("weights");
  if (!plain_grad_cam) return plain_question(entry);
  Question question;
  question.request.method = "grad-cam";
  return question;
}

}  // namespace relcam::testing
