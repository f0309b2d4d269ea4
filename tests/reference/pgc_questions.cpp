#include <algorithm>
#include <array>
#include <string_view>

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

/// The peer's class and our method.
struct Namesake {
  std::string_view peer;
  std::string_view method;
};

constexpr std::array kNamesakes = {
    Namesake{"GradCAM", "grad-cam"},         Namesake{"GradCAMPlusPlus", "grad-cam++"},
    Namesake{"HiResCAM", "hires-cam"},       Namesake{"GradCAMElementWise", "elementwise-grad-cam"},
    Namesake{"XGradCAM", "xgrad-cam"},       Namesake{"LayerCAM", "layer-cam"},
    Namesake{"EigenCAM", "eigen-cam"},       Namesake{"EigenGradCAM", "eigengrad-cam"},
    Namesake{"SegEigenCAM", "segeigen-cam"}, Namesake{"KPCA_CAM", "kpca-cam"},
    Namesake{"FinerCAM", "finer-cam"}};

std::string joined(const std::vector<std::size_t>& classes) {
  std::string text;
  for (const std::size_t index : classes) {
    text += (text.empty() ? "" : ",") + std::to_string(index);
  }
  return text;
}

/// `*_scaled_negated` arrays belong to the negative of the raw map.
std::string evidence_of(const nlohmann::json& entry) {
  if (kind_of(entry) != "scaled" || !entry.value("sign_ambiguous", false)) return "";
  return entry.at("params").contains("of") ? "negative" : "positive";
}

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
  if (auto question = wider_question(entry)) return question;
  const std::string peer = entry.at("method");
  const auto* const namesake = std::ranges::find(kNamesakes, peer, &Namesake::peer);
  if (namesake == kNamesakes.end()) return plain_question(entry);
  const nlohmann::json& params = entry.at("params");
  Question question;
  ExplainRequest& request = question.request;
  request.method = namesake->method;
  request.evidence = evidence_of(entry);
  if (params.value("eigen_smooth", false)) request.parameters["eigen-smooth"] = "yes";
  if (params.contains("comparison_categories")) {
    request.parameters["rivals"] = joined(params.at("comparison_categories"));
  }
  if (params.contains("layers")) {
    request.layers = params.at("layers");
    request.fusion = "mean";
  }
  return question;
}

}  // namespace relcam::testing
