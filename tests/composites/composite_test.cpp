#include "composites/composite.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace relcam {
namespace {

std::string rule_for(const Composite& composite, const NodeFacts& facts) {
  const CompositeRow* row = choose_row(composite, facts);
  return row == nullptr ? "none" : std::string(row->rule->name());
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidOption);
    return error.what();
  }
  return "no error";
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

TEST(Composites, UnknownNamesAndValuesListTheValidOnes) {
  EXPECT_NE(message_of([] { make_composite("relevancecam", {}); }).find("relevance-cam-code"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              make_composite("relevance-cam-code", {{"conv-bias", "thrice"}});
            }).find("twice, ignore"),
            std::string::npos);
}

}  // namespace
}  // namespace relcam
