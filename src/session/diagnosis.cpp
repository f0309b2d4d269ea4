#include "session/diagnosis.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "session/ledger.h"

namespace relcam {

namespace {

/// A map is flat when its values span less than this share of the largest of them: far above the
/// rounding of float32 sums, far below what a reader would call a difference.
constexpr float kFlatShare = 1e-3F;

/// A map is saturated when more than kSaturatedShare of its positions lie in the highest
/// kSaturatedBand of its range: painted, most of the picture has the strongest colour.
constexpr float kSaturatedBand = 0.05F;
constexpr double kSaturatedShare = 0.5;

/// Classes ranked behind this place (counted from 1) are unlikely: the usual "top 5".
constexpr std::size_t kLikelyRank = 5;

/// "1 value", "2 values"
std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Values that are 0, or hardly differ, everywhere. `noun`: what they are.
std::optional<Diagnosis> diagnose_blank(const std::string& noun, const std::string& layer,
                                        std::span<const float> values) {
  const auto [lowest, highest] = std::ranges::minmax(values);
  const std::string subject = "The " + noun + " at '" + layer + "' ";
  if (lowest == 0.0F && highest == 0.0F) {
    return Diagnosis{"empty-map", layer, subject + "is 0 everywhere."};
  }
  if (highest - lowest > kFlatShare * std::max(std::abs(lowest), std::abs(highest))) return {};
  return Diagnosis{"flat-map", layer,
                   subject +
                       "has nearly the same value everywhere: its layer does not tell positions "
                       "apart."};
}

}  // namespace

std::optional<Diagnosis> diagnose_map(const std::string& layer, std::span<const float> map) {
  if (map.empty()) return {};
  if (auto blank = diagnose_blank("map", layer, map)) return blank;
  const auto [lowest, highest] = std::ranges::minmax(map);
  if (highest <= 0.0F) {
    return Diagnosis{"no-positive-evidence", layer,
                     "The map at '" + layer +
                         "' has no positive value: nothing in the image speaks for the class, and "
                         "a picture of positive evidence is blank."};
  }
  const float least = highest - kSaturatedBand * (highest - lowest);
  const auto near = std::ranges::count_if(map, [least](float value) { return value >= least; });
  if (static_cast<double>(near) > kSaturatedShare * static_cast<double>(map.size())) {
    return Diagnosis{"saturated-map", layer,
                     "In the map at '" + layer + "' " + std::to_string(near) + " of " +
                         counted(map.size(), "position") + " are near the maximum."};
  }
  return {};
}

std::optional<Diagnosis> diagnose_attribution(const std::string& layer,
                                              std::span<const float> attribution) {
  return attribution.empty() ? std::nullopt : diagnose_blank("attribution", layer, attribution);
}

std::optional<Diagnosis> diagnose_target(std::span<const float> scores, std::size_t target) {
  const auto higher = std::ranges::count_if(
      scores, [score = scores[target]](float other) { return other > score; });
  const std::size_t rank = static_cast<std::size_t>(higher) + 1;
  if (rank <= kLikelyRank) return {};
  const auto top = std::ranges::max_element(scores) - scores.begin();
  return Diagnosis{"unlikely-target", "",
                   "Class " + std::to_string(target) + " ranks " + std::to_string(rank) + " of " +
                       std::to_string(scores.size()) + " for this image; the top class is " +
                       std::to_string(top) + "."};
}

std::optional<Diagnosis> diagnose_softmax(const Program& program, ValueId beginning) {
  const auto& consumers = program.consumers(beginning);
  const auto softmax = std::ranges::find_if(consumers, [&](std::size_t node) {
    const std::string& type = program.node(node).op_type;
    return type == "Softmax" || type == "LogSoftmax";
  });
  if (softmax == consumers.end()) return {};
  return Diagnosis{"ends-in-softmax", program.graph().value(beginning).name,
                   "The model ends in " + program.node(*softmax).op_type +
                       "; relevance begins before it, at '" +
                       program.graph().value(beginning).name + "'."};
}

std::optional<Diagnosis> diagnose_vanished(const Binding& binding,
                                           std::span<const std::size_t> vanished) {
  if (vanished.empty()) return {};
  const BoundNode& first = binding.nodes()[vanished.front()];
  const std::string& name = name_of(binding.program(), first.node);
  const std::size_t more = vanished.size() - 1;
  return Diagnosis{
      "relevance-vanished", name,
      "Relevance vanished at the " + binding.program().node(first.node).op_type + " node '" + name +
          "' (rule " + std::string(first.rule->name()) + "): it received some and passed none on" +
          (more == 0 ? "" : ", and so did " + counted(more, "node") + " after it") + "."};
}

std::optional<Diagnosis> diagnose_batch_norms(const Binding& binding) {
  const bool sensitive = std::ranges::any_of(
      binding.nodes(), [](const BoundNode& bound) { return bound.rule->splits_weights(); });
  std::size_t scales = 0;
  for (const BatchNormNote& note : binding.program().graph().batch_norms) {
    if (note.folded) scales += note.negative_scales;
  }
  if (!sensitive || scales == 0) return {};
  return Diagnosis{"negative-batch-norm", "",
                   counted(scales, "negative BatchNormalization scale") +
                       " folded into the weights before: the rules of '" +
                       std::string(binding.composite().name) +
                       "' see the weights of these channels with the opposite sign."};
}

std::vector<Diagnosis> diagnose_rules(const Binding& binding, std::span<const RuleRow> rules) {
  std::vector<Diagnosis> diagnoses;
  const std::vector<char> used = binding.rows_in_use();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (used[i] != 0) continue;
    const auto& [op_type, tensor, position, rule, parameters] = rules[i];
    std::string nodes = op_type.empty() ? "nodes" : op_type + " nodes";
    if (!tensor.empty()) nodes += " with the output '" + tensor + "'";
    if (position != "any") nodes += " in the position '" + position + "'";
    diagnoses.push_back(
        {"unused-rule-row", tensor,
         "Row " + std::to_string(i + 1) + " of the rules (" + rule + " for " + nodes +
             ") serves no node: the model has no such node, or rows before serve them all."});
  }
  return diagnoses;
}

std::optional<Diagnosis> replace_non_finite(const std::string& layer, const std::string& kind,
                                            std::span<float> values) {
  std::size_t replaced = 0;
  for (float& value : values) {
    if (std::isfinite(value)) continue;
    value = 0.0F;
    ++replaced;
  }
  if (replaced == 0) return {};
  return Diagnosis{"not-finite", layer,
                   std::to_string(replaced) + " of " + counted(values.size(), "value") + " of '" +
                       kind + "' at '" + layer +
                       "' came out as NaN or infinity and are given as 0."};
}

void report(Explanation& explanation, std::optional<Diagnosis> diagnosis, std::int64_t target) {
  if (!diagnosis) return;
  diagnosis->target = target;
  explanation.diagnoses.push_back(std::move(*diagnosis));
}

void check_scores(std::span<const float> scores, const std::string& name) {
  const auto bad = std::ranges::find_if(scores, [](float x) { return !std::isfinite(x); });
  if (bad == scores.end()) return;
  throw Error(ErrorCode::InvalidInput,
              "the model computes " + std::string(std::isnan(*bad) ? "NaN" : "infinity") +
                  " for element " + std::to_string(bad - scores.begin()) + " of '" + name +
                  "', so that there is nothing to explain; check the pre-processing",
              name);
}

}  // namespace relcam
