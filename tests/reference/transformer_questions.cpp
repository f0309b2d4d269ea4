#include "reference/questions.h"

namespace relcam::testing {

/// CAM methods treat tokens as they treat images.
std::optional<Question> transformer_question(const nlohmann::json& entry) {
  return pgc_question(entry);
}

}  // namespace relcam::testing
