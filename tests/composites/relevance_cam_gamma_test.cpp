#include <gtest/gtest.h>

#include "composites/composite.h"

namespace relcam {
namespace {

TEST(RelevanceCamGamma, SumsByMagnitudeAndServesLinearNodesByGamma) {
  const Composite composite = make_composite("relevance-cam-gamma", {});
  const auto rule_for = [&](const NodeFacts& facts) {
    return std::string(choose_row(composite, facts)->rule->name());
  };
  NodeFacts convolution{.op_type = "Conv", .kind = Kind::Linear};
  EXPECT_EQ(rule_for(convolution), "gamma");
  convolution.reads_model_input = true;
  EXPECT_EQ(rule_for(convolution), "z-box");
  EXPECT_EQ(rule_for({.kind = Kind::Sum}), "magnitude");
  EXPECT_EQ(rule_for({.kind = Kind::Pool}), "z-plus");
}

}  // namespace
}  // namespace relcam
