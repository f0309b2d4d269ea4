#include "composites/custom.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

TEST(Wildcards, StandForAnyCharactersOrOne) {
  EXPECT_TRUE(matches_wildcards("*", ""));
  EXPECT_TRUE(matches_wildcards("/layer1/*", "/layer1/conv/Conv_output_0"));
  EXPECT_TRUE(matches_wildcards("*conv*_0", "/a/conv1/conv2/Conv_output_0"));
  EXPECT_TRUE(matches_wildcards("layer?", "layer3"));
  EXPECT_TRUE(matches_wildcards("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(matches_wildcards("layer?", "layer"));
  EXPECT_FALSE(matches_wildcards("layer?", "layer12"));
  EXPECT_FALSE(matches_wildcards("/layer1/*", "/layer2/conv"));
  EXPECT_FALSE(matches_wildcards("", "a"));
  EXPECT_FALSE(matches_wildcards("a*b", "abc"));
}

std::string rule_for(const Composite& composite, const NodeFacts& facts) {
  const CompositeRow* row = choose_row(composite, facts);
  return row == nullptr ? "none" : std::string(row->rule->name());
}

TEST(CustomComposite, TheFirstRowThatMatchesServes) {
  const std::vector<RuleRow> rows = {{.position = "first", .rule = "flat"},
                                     {.op_type = "Conv", .tensor = "/layer4/*", .rule = "gamma"},
                                     {.op_type = "Conv", .rule = "z-plus"},
                                     {.position = "last", .rule = "epsilon"}};
  const Composite composite = make_custom_composite(rows);
  NodeFacts facts{.op_type = "Conv", .kind = Kind::Linear, .output = "/layer4/conv"};
  EXPECT_EQ(rule_for(composite, facts), "gamma");
  facts.output = "/layer3/conv";
  EXPECT_EQ(rule_for(composite, facts), "z-plus");
  facts.first_linear = true;
  EXPECT_EQ(rule_for(composite, facts), "flat");
  NodeFacts dense{.op_type = "Gemm", .kind = Kind::Linear};
  EXPECT_EQ(rule_for(composite, dense), "none");
  dense.last_linear = true;
  EXPECT_EQ(rule_for(composite, dense), "epsilon");
}

TEST(CustomComposite, HasDefaultsForAllButLinearAndOwnNodes) {
  const std::vector<RuleRow> rows = {{.op_type = "Conv", .rule = "z-plus"}};
  const Composite composite = make_custom_composite(rows);
  for (const Kind kind : {Kind::Pool, Kind::Winner, Kind::Sum, Kind::Route, Kind::Activation,
                          Kind::Affine, Kind::Normalization, Kind::Gate}) {
    EXPECT_NE(rule_for(composite, {.kind = kind}), "none") << to_string(kind);
  }
  for (const Kind kind : {Kind::Linear, Kind::Own, Kind::Blind}) {
    EXPECT_EQ(rule_for(composite, {.kind = kind}), "none") << to_string(kind);
  }
}

TEST(CustomComposite, ErrorsNameTheRow) {
  const auto message = [](const RuleRow& row) {
    const std::vector<RuleRow> rows = {{.rule = "epsilon"}, row};
    return testing::refusal(ErrorCode::InvalidOption, [&] { make_custom_composite(rows); });
  };
  EXPECT_NE(message({.rule = "zplus"}).find("row 2 of the rules: there is no rule 'zplus'"),
            std::string::npos);
  EXPECT_NE(message({.position = "middle", .rule = "flat"})
                .find("row 2 of the rules: there is no "
                      "position 'middle'; valid: any"),
            std::string::npos);
  EXPECT_NE(message({.rule = "gamma", .parameters = {{"gamma", "-1"}}}).find("row 2"),
            std::string::npos);
}

}  // namespace
}  // namespace relcam
