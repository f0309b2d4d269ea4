#include "reference/questions.h"

namespace relcam::testing {

/// CAM methods treat tokens as they treat images.
std::optional<Question> transformer_question(const nlohmann::json& entry) {
  if (auto question = attention_question(entry)) return question;
  return pgc_question(entry);
}

}  // namespace relcam::testing
