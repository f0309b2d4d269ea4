#include <array>
#include <stdexcept>

#include "reference/questions.h"

namespace relcam::testing {

namespace {

using nlohmann::json;

/// A rule as case.json spells it, for the nodes of `op_type` (empty: any) at `position`.
RuleRow row_of(const std::string& rule, const json& params, const std::string& op_type,
               const std::string& position) {
  RuleRow row{.op_type = op_type, .position = position};
  const auto number = [&](const char* name) { return params.at(name).dump(); };
  const std::string stabilizer = number("stabilizer");
  if (rule == "epsilon") {
    row.rule = "epsilon";
    row.parameters = {{"epsilon", number("epsilon")}};
  } else if (rule == "zplus") {
    const bool no_bias = params.contains("zero_params");
    row.rule = "z-plus";
    row.parameters = {{"bias", no_bias ? "none" : "positive"}, {"stabilizer", stabilizer}};
  } else if (rule == "gamma") {
    row.rule = "gamma";
    row.parameters = {{"gamma", number("gamma")}, {"stabilizer", stabilizer}};
  } else if (rule == "alphabeta") {
    row.rule = "alpha-beta";
    row.parameters = {
        {"alpha", number("alpha")}, {"beta", number("beta")}, {"stabilizer", stabilizer}};
  } else if (rule == "wsquare") {
    row.rule = "w-square";
    row.parameters = {{"stabilizer", stabilizer}};
  } else if (rule == "zbox") {
    row.rule = "z-box";
    row.parameters = {{"stabilizer", stabilizer}};
  } else if (rule == "flat") {
    row.rule = "flat";
    row.parameters = {{"stabilizer", stabilizer}};
  } else {
    throw std::runtime_error("unknown rule '" + rule + "'");
  }
  return row;
}

/// The composites that have a name of their own, by the peer's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kComposites = {
    {{"EpsilonPlus", "epsilon-plus"},
     {"EpsilonPlusFlat", "epsilon-plus-flat"},
     {"EpsilonAlpha2Beta1", "epsilon-alpha2-beta1"},
     {"EpsilonGammaBox", "epsilon-gamma-box"}}};

std::vector<RuleRow> rows_of(const json& params) {
  std::vector<RuleRow> rows;
  if (params.contains("first")) rows.push_back(row_of(params.at("first"), params, "", "first"));
  const std::string rest = params.at(params.contains("all") ? "all" : "other");
  for (const char* op_type : {"Conv", "Gemm"}) {
    rows.push_back(row_of(rest, params, op_type, "any"));
  }
  return rows;
}

}  // namespace

std::optional<Question> zennit_question(const json& entry) {
  const std::string method = entry.at("method");
  Question question;
  question.request.start = "logit";
  const auto named =
      std::ranges::find(kComposites, method, &std::pair<std::string_view, std::string_view>::first);
  if (named != kComposites.end()) {
    question.request.composite = named->second;
  } else {
    question.request.rules = rows_of(entry.at("params"));
  }
  return question;
}

}  // namespace relcam::testing
