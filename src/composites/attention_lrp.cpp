#include "composites/attention_lrp.h"

#include <algorithm>
#include <iterator>

#include "composites/structure.h"
#include "rules/named_rules.h"
#include "rules/norm.h"
#include "rules/pass.h"
#include "rules/taylor.h"

namespace relcam {

namespace {

/// Without gamma, its two branches are the one of epsilon.
std::shared_ptr<const Rule> gamma_rule_of(double gamma, Stabilizer stabilizer) {
  return make_linear_rule(gamma == 0.0 ? epsilon_share(stabilizer)
                                       : gamma_share(static_cast<float>(gamma), stabilizer));
}

ParameterInfo gamma_at(std::string_view name, std::string_view fallback, std::string_view summary) {
  return {.name = name,
          .type = ParameterType::Number,
          .fallback = fallback,
          .least = 0.0,
          .summary = summary};
}

}  // namespace

std::vector<CompositeRow> with_attention_lrp_rows(std::vector<CompositeRow> rows,
                                                  const Parameters& parameters) {
  const Stabilizer epsilon = signed_stabilizer(parameters.number("epsilon"));
  if (parameters.text("projections") == "plain") {
    rows.push_back({[](const NodeFacts& facts) { return facts.attention_projection; },
                    make_linear_rule(epsilon_share({}))});
  }
  const std::shared_ptr<const Rule> norm = make_norm_rule({});
  std::ranges::copy(
      std::vector<CompositeRow>{
          {is_convolution, gamma_rule_of(parameters.number("conv-gamma"), epsilon)},
          {of_kind(Kind::Linear), gamma_rule_of(parameters.number("linear-gamma"), epsilon)},
          {of_kind(Kind::Pool), norm},
          {of_kind(Kind::Sum), norm},
          {is_scaling, make_pass_rule()},
          {of_kind(Kind::Affine), make_taylor_rule({})},
          {of_kind(Kind::Normalization), make_frozen_deviation_rule({})}},
      std::back_inserter(rows));
  return with_structural_rows(std::move(rows));
}

std::vector<ParameterInfo> attention_lrp_parameters() {
  return {gamma_at("conv-gamma", "0.25", "how much convolutions favour their output's sign"),
          gamma_at("linear-gamma", "0.05", "how much dense layers favour their output's sign"),
          gamma_at("epsilon", "1e-6", "added to the size of linear layers' denominators"),
          {.name = "projections",
           .type = ParameterType::Choice,
           .fallback = "gamma",
           .choices = {"gamma", "plain"},
           .summary = "queries, keys, values and output of attention: as other dense layers, or "
                      "without gamma and epsilon"}};
}

}  // namespace relcam
