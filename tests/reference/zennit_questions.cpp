#include "reference/questions.h"

namespace relcam::testing {

std::optional<Question> zennit_question(const nlohmann::json& entry) { return plain_question(entry); }

}  // namespace relcam::testing
