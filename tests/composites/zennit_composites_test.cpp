#include <gtest/gtest.h>

#include "composites/composite.h"

namespace relcam {
namespace {

const NodeFacts kFirst{.op_type = "Conv", .kind = Kind::Linear, .first_linear = true};
const NodeFacts kConvolution{.op_type = "Conv", .kind = Kind::Linear};
const NodeFacts kDense{.op_type = "Gemm", .kind = Kind::Linear, .last_linear = true};

std::string rule_for(std::string_view composite, const NodeFacts& facts) {
  const Composite made = make_composite(composite, {});
  return std::string(choose_row(made, facts)->rule->name());
}

struct Expectation {
  std::string_view composite;
  std::string_view first;
  std::string_view convolution;
  std::string_view dense;
};

TEST(ZennitComposites, ServeLinearNodesAsTheirTablesSay) {
  for (const Expectation& want :
       {Expectation{"epsilon-plus", "z-plus", "z-plus", "epsilon"},
        Expectation{"epsilon-plus-flat", "flat", "z-plus", "epsilon"},
        Expectation{"epsilon-alpha2-beta1", "alpha-beta", "alpha-beta", "epsilon"},
        Expectation{"epsilon-alpha2-beta1-flat", "flat", "alpha-beta", "epsilon"},
        Expectation{"epsilon-gamma-box", "z-box", "gamma", "epsilon"},
        Expectation{"excitation-backprop", "z-plus", "z-plus", "z-plus"}}) {
    EXPECT_EQ(rule_for(want.composite, kFirst), want.first) << want.composite;
    EXPECT_EQ(rule_for(want.composite, kConvolution), want.convolution) << want.composite;
    EXPECT_EQ(rule_for(want.composite, kDense), want.dense) << want.composite;
  }
}

TEST(ZennitComposites, AverageAndAddByTheNormRule) {
  for (const char* name :
       {"epsilon-plus", "epsilon-plus-flat", "epsilon-alpha2-beta1", "epsilon-alpha2-beta1-flat",
        "epsilon-gamma-box", "excitation-backprop"}) {
    for (const Kind kind : {Kind::Pool, Kind::Sum}) {
      EXPECT_EQ(rule_for(name, {.kind = kind}), "norm") << name;
    }
  }
}

TEST(ExcitationBackprop, LeavesBiasesOut) {
  const Composite composite = make_composite("excitation-backprop", {});
  EXPECT_TRUE(choose_row(composite, kConvolution)->rule->conserves());
}

}  // namespace
}  // namespace relcam
