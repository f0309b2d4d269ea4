#include <cmath>

#include "base/error.h"
#include "rules/named_rules.h"
#include "rules/roster.h"

namespace relcam {

LinearShare alpha_beta_share(float alpha, float beta, Stabilizer stabilizer) {
  using enum WeightPart::Kind;
  const LinearBranch raising{
      .terms = {{.input = InputPart::Positive, .weight = {.kind = Positive}},
                {.input = InputPart::Negative, .weight = {.kind = Negative}}},
      .bias = WeightPart{.kind = Positive},
      .coefficient = alpha};
  const LinearBranch lowering{
      .terms = {{.input = InputPart::Positive, .weight = {.kind = Negative}},
                {.input = InputPart::Negative, .weight = {.kind = Positive}}},
      .bias = WeightPart{.kind = Negative},
      .coefficient = -beta};
  LinearShare share{.name = "alpha-beta", .branches = {raising}, .stabilizer = stabilizer};
  if (beta != 0.0F) share.branches.push_back(lowering);
  return share;
}

namespace {

std::unique_ptr<Rule> make(const Parameters& parameters) {
  constexpr double kRounding = 1e-6;
  const double alpha = parameters.number("alpha");
  const double beta = parameters.number("beta");
  if (std::abs(alpha - beta - 1.0) > kRounding) {
    throw Error(ErrorCode::InvalidOption,
                "alpha - beta must be 1 for the rule 'alpha-beta', but alpha is " +
                    parameters.text("alpha") + " and beta is " + parameters.text("beta"),
                "alpha");
  }
  return make_linear_rule(alpha_beta_share(static_cast<float>(alpha), static_cast<float>(beta),
                                           signed_stabilizer(parameters.number("stabilizer"))));
}

}  // namespace

RuleEntry alpha_beta_rule() {
  return {.name = "alpha-beta",
          .summary =
              "alpha times the shares of raising contributions minus beta times those of "
              "lowering ones; alpha - beta = 1",
          .paper =
              "Bach et al., On pixel-wise explanations for non-linear classifier decisions, "
              "PLOS ONE 2015",
          .parameters = {{.name = "alpha",
                          .type = ParameterType::Number,
                          .fallback = "2",
                          .least = 1.0,
                          .summary = "weight of contributions that raise the output"},
                         {.name = "beta",
                          .type = ParameterType::Number,
                          .fallback = "1",
                          .least = 0.0,
                          .summary = "weight of contributions that lower the output"},
                         stabilizer_parameter()},
          .make = make};
}

}  // namespace relcam
