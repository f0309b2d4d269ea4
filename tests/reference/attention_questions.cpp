#include <algorithm>

#include "reference/questions.h"

namespace relcam::testing {

namespace {

using nlohmann::json;

std::string gamma_of(const json& rule) {
  return rule.contains("gamma") ? rule.at("gamma").dump() : "0";
}

/// CP-LRP and AttnLRP as LXT computes them.
Question lxt_question(const json& entry) {
  const json& params = entry.at("params");
  const json& projections = params.at("attention_projections");
  Question question;
  ExplainRequest& request = question.request;
  request.method = "lrp";
  request.composite = entry.at("method") == "CP-LRP" ? "cp-lrp" : "attn-lrp";
  request.parameters = {{"conv-gamma", gamma_of(params.at("conv"))},
                        {"linear-gamma", gamma_of(params.at("linear"))},
                        {"epsilon", params.at("stabilizer").dump()},
                        {"projections", projections == "as linear" ? "gamma" : "plain"}};
  return question;
}

/// Relevance under the rules of Transformer-Explainability.
Question chefer_question(const json& entry) {
  const bool original = entry.at("method").get<std::string>().starts_with("ViT_orig");
  Question question;
  ExplainRequest& request = question.request;
  request.method = "lrp";
  request.start = "one-hot";
  request.composite = "transformer-attribution";
  request.parameters = {{"variant", original ? "original" : "rescaled"}};
  return question;
}

std::string text(const json& number) { return std::to_string(number.get<int>()); }

/// The methods of Transformer-Explainability, by the word after the peer's name.
Question chefer_map_question(const json& entry) {
  const json& params = entry.at("params");
  Question question = chefer_question(entry);
  ExplainRequest& request = question.request;
  request.method = "transformer-attribution";
  request.composite = "";
  request.layers = {"attention"};
  const std::string map = params.value("method", "full");
  std::string name = map == "transformer_attribution" ? "attribution" : map;
  std::ranges::replace(name, '_', '-');
  request.parameters["map"] = name;
  if (params.contains("start_layer"))
    request.parameters["start-layer"] = text(params["start_layer"]);
  if (params.value("is_ablation", false)) request.parameters["gradient"] = "yes";
  return question;
}

Question rollout_question(const json& entry) {
  Question question;
  question.request.method = "attention-rollout";
  question.request.layers = entry.at("params").at("attention");
  question.request.parameters = {{"start-layer", text(entry.at("params").at("start_layer"))}};
  return question;
}

Question legrad_question(const json& entry) {
  const json& params = entry.at("params");
  const bool class_token = params.at("score") == "head(final norm(class token))";
  Question question;
  question.request.method = "legrad";
  question.request.layers = params.at("attention");
  question.request.parameters = {{"score", class_token ? "class-token" : "mean-tokens"}};
  if (params.at("normalized")) question.to_unit = params.at("eps").get<double>();
  return question;
}

Question attention_grad_cam_question() {
  Question question;
  question.request.method = "attention-grad-cam";
  question.request.evidence = "positive";
  question.to_unit = 0.0;
  return question;
}

}  // namespace

std::optional<Question> attention_question(const json& entry) {
  const std::string method = entry.at("method");
  if (method == "CP-LRP" || method == "AttnLRP") return lxt_question(entry);
  if (method == "ViT_LRP" || method == "ViT_orig_LRP") return chefer_question(entry);
  if (method.starts_with("ViT_")) return chefer_map_question(entry);
  if (method == "attention rollout") return rollout_question(entry);
  if (method == "attention GradCAM") return attention_grad_cam_question();
  if (method == "LeGrad") return legrad_question(entry);
  return {};
}

}  // namespace relcam::testing
