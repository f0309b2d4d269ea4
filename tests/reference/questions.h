#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "session/session.h"

namespace relcam::testing {

/// What to ask the session for, so that it computes one entry of a reference case. Layers are those
/// of the entry, unless the question names some.
struct Question {
  ExplainRequest request = {};
  bool fold_batch_norm = true;
  /// The peer scales the raw map: less its minimum, over the largest value then plus this.
  std::optional<double> to_unit = {};
};

/// One function per family of cases: the question for an entry of `expect`, or nothing for entries
/// that no method of ours claims. Target and kind are filled in by the caller.
std::optional<Question> rcam_question(const nlohmann::json& entry);
std::optional<Question> pgc_question(const nlohmann::json& entry);
std::optional<Question> zennit_question(const nlohmann::json& entry);
std::optional<Question> captum_question(const nlohmann::json& entry);
std::optional<Question> transformer_question(const nlohmann::json& entry);

/// What attention methods and relevance through attention have of a transformer's case.
std::optional<Question> attention_question(const nlohmann::json& entry);

/// The entry's kind as `emit` spells it.
std::string kind_of(const nlohmann::json& entry);

/// Gradients and activations, which several families store.
std::optional<Question> plain_question(const nlohmann::json& entry);

}  // namespace relcam::testing
