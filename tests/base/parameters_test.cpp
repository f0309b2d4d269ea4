#include "base/parameters.h"

#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "support/refusal.h"

namespace relcam {
namespace {

const std::array kInfos = {
    ParameterInfo{.name = "gamma", .fallback = "0.25", .least = 0.0, .summary = "share of w+"},
    ParameterInfo{.name = "steps",
                  .type = ParameterType::Integer,
                  .fallback = "20",
                  .least = 1.0,
                  .most = 500.0,
                  .summary = "steps"},
    ParameterInfo{.name = "bias",
                  .type = ParameterType::Choice,
                  .fallback = "twice",
                  .choices = {"twice", "ignore"},
                  .summary = "bias"},
    ParameterInfo{
        .name = "rivals", .type = ParameterType::Classes, .fallback = "", .summary = "classes"}};

TEST(Parameters, DefaultsFillWhatIsNotGiven) {
  const Parameters parameters(kInfos, {{"gamma", "1e-1"}});
  EXPECT_DOUBLE_EQ(parameters.number("gamma"), 0.1);
  EXPECT_EQ(parameters.integer("steps"), 20U);
  EXPECT_EQ(parameters.text("bias"), "twice");
  EXPECT_TRUE(parameters.classes("rivals").empty());
}

TEST(Parameters, ClassesAreAListOfIndices) {
  const Parameters parameters(kInfos, {{"rivals", "3,5,7"}});
  EXPECT_EQ(parameters.classes("rivals"), (std::vector<std::size_t>{3, 5, 7}));
}

TEST(Parameters, SettingsOfOthersAreLeftAlone) {
  EXPECT_NO_THROW(Parameters(kInfos, {{"epsilon", "nonsense"}}));
}

TEST(Parameters, InvalidValuesAreRefusedWithWhatIsValid) {
  const auto refuse = [](const char* name, const char* value, const char* valid) {
    const std::string message =
        testing::refusal(ErrorCode::InvalidOption, [&] { Parameters(kInfos, {{name, value}}); });
    EXPECT_NE(message.find(valid), std::string::npos) << message;
  };
  refuse("gamma", "-1", "a number from 0 on");
  refuse("gamma", "", "a number");
  refuse("gamma", "1x", "a number");
  refuse("gamma", "nan", "a number");
  refuse("steps", "0", "from 1 to 500");
  refuse("steps", "1.5", "a whole number");
  refuse("bias", "thrice", "twice, ignore");
  refuse("rivals", "1,-2", "class indices");
  refuse("rivals", "one", "class indices");
}

TEST(Parameters, ASettingThatNobodyHasIsRefusedWithThoseThereAre) {
  const std::array owners = {ParameterOwner{"method", "m", std::span(kInfos).first(1)},
                             ParameterOwner{"start", "s", std::span(kInfos).subspan(1, 1)}};
  EXPECT_NO_THROW(refuse_unknown_settings({{"gamma", "1"}, {"steps", "2"}}, owners));
  const std::string message = testing::refusal(
      ErrorCode::InvalidOption, [&] { refuse_unknown_settings({{"bias", "1"}}, owners); });
  EXPECT_NE(message.find("method 'm', start 's'; valid: gamma, steps"), std::string::npos)
      << message;
}

}  // namespace
}  // namespace relcam
