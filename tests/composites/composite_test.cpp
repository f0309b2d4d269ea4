#include "composites/composite.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

std::string rule_for(const Composite& composite, const NodeFacts& facts) {
  const CompositeRow* row = choose_row(composite, facts);
  return row == nullptr ? "none" : std::string(row->rule->name());
}

TEST(RelevanceCamComposite, ServesPixelsByTheirBoxAndTheRestByZPlus) {
  const Composite composite = make_composite("relevance-cam", {});
  NodeFacts facts{.op_type = "Conv", .name = "a", .kind = Kind::Linear, .input_channels = 3};
  EXPECT_EQ(rule_for(composite, facts), "z-plus");
  facts.reads_model_input = true;
  EXPECT_EQ(rule_for(composite, facts), "z-box");
}

TEST(RelevanceCamCodeComposite, GoesByTheNumberOfChannels) {
  const Composite composite = make_composite("relevance-cam-code", {});
  NodeFacts facts{.op_type = "Conv", .name = "a", .kind = Kind::Linear, .input_channels = 3};
  EXPECT_EQ(rule_for(composite, facts), "z-box");
  facts.input_channels = 4;
  EXPECT_EQ(rule_for(composite, facts), "z-plus");
}

TEST(Composites, CoverEveryKindThatCarriesRelevance) {
  for (const CompositeEntry& entry : all_composites()) {
    const Composite composite = make_composite(entry.name, {});
    for (const Kind kind : {Kind::Linear, Kind::Pool, Kind::Winner, Kind::Sum, Kind::Route,
                            Kind::Activation, Kind::Affine, Kind::Normalization, Kind::Gate}) {
      const NodeFacts facts{.op_type = "X", .name = "a", .kind = kind};
      EXPECT_NE(rule_for(composite, facts), "none") << entry.name << " " << to_string(kind);
    }
    const NodeFacts blind{.op_type = "ArgMax", .name = "a", .kind = Kind::Blind};
    EXPECT_EQ(rule_for(composite, blind), "none") << entry.name;
  }
}

TEST(Composites, CoverAttention) {
  for (const CompositeEntry& entry : all_composites()) {
    const Composite composite = make_composite(entry.name, {});
    NodeFacts softmax{.op_type = "Softmax", .name = "a", .kind = Kind::Own};
    softmax.attention_softmax = true;
    EXPECT_NE(rule_for(composite, softmax), "none") << entry.name;
    NodeFacts product{.op_type = "MatMul", .name = "b", .kind = Kind::Own};
    EXPECT_NE(rule_for(composite, product), "none") << entry.name;
    product.attention_operand = 0;
    EXPECT_NE(rule_for(composite, product), "none") << entry.name;
  }
}

TEST(Composites, RefuseWhatNobodyWroteARuleFor) {
  const Composite composite = make_composite("cp-lrp", {});
  EXPECT_EQ(rule_for(composite, {.op_type = "Softmax", .name = "a", .kind = Kind::Own}), "none");
  EXPECT_EQ(rule_for(composite, {.op_type = "Div", .name = "a", .kind = Kind::Own}), "none");
}

TEST(CpLrpComposite, SendsAttentionToTheValues) {
  const Composite composite = make_composite("cp-lrp", {});
  NodeFacts facts{.op_type = "Softmax", .name = "a", .kind = Kind::Own};
  facts.attention_softmax = true;
  EXPECT_EQ(rule_for(composite, facts), "constant");
  facts = {.op_type = "MatMul", .name = "b", .kind = Kind::Own};
  EXPECT_EQ(rule_for(composite, facts), "taylor");
  facts.attention_operand = 0;
  EXPECT_EQ(rule_for(composite, facts), "value");
  EXPECT_EQ(rule_for(make_composite("attn-lrp", {}), facts), "taylor");
}

TEST(CpLrpComposite, TreatsProjectionsAsAsked) {
  NodeFacts facts{.op_type = "MatMul", .name = "a", .kind = Kind::Linear};
  facts.attention_projection = true;
  EXPECT_EQ(rule_for(make_composite("cp-lrp", {}), facts), "gamma");
  EXPECT_EQ(rule_for(make_composite("cp-lrp", {{"projections", "plain"}}), facts), "epsilon");
}

TEST(Composites, UnknownNamesAndValuesListTheValidOnes) {
  EXPECT_NE(testing::refusal(ErrorCode::InvalidOption, [] { make_composite("relevancecam", {}); })
                .find("relevance-cam-code"),
            std::string::npos);
  EXPECT_NE(
      testing::refusal(ErrorCode::InvalidOption,
                       [] { make_composite("relevance-cam-code", {{"conv-bias", "thrice"}}); })
          .find("twice, ignore"),
      std::string::npos);
}

}  // namespace
}  // namespace relcam
