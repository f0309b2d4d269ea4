#include "reference/questions.h"

namespace relcam::testing {

std::optional<Question> rcam_question(const nlohmann::json& entry) {
  const std::string method = entry.at("method");
  if (method != "initial-relevance" && method != "lrp" && method != "relevance-cam") {
    return plain_question(entry);
  }
  const nlohmann::json& params = entry.at("params");
  const std::string init = params.at("init");
  Question question{.fold_batch_norm = false};
  question.request.composite = "relevance-cam-code";
  question.request.start = init == "lrp" ? "one-hot" : init;
  question.request.parameters["conv-bias"] = params.at("conv_bias").get<std::string>();
  return question;
}

}  // namespace relcam::testing
