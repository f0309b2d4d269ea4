#include "methods/method.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/make_map.h"
#include "support/refusal.h"

namespace relcam {
namespace {

/// Two channels on a 1x2 map: A = [[1,2],[3,4]], G = [[1,0],[3,-2]] (position, channel).
const std::vector<float> kActivation{1.0F, 2.0F, 3.0F, 4.0F};
const std::vector<float> kSignal{1.0F, 0.0F, 3.0F, -2.0F};
const MethodInput kInput{
    .activation = kActivation, .signal = kSignal, .raster = channels_last_raster(1, 2, 2)};

TEST(RelevanceCam, WeighsByTheSumOfRelevance) {
  const CamOutput output = testing::make_map(find_method("relevance-cam"), kInput);
  EXPECT_EQ(output.weights, (std::vector<float>{4.0F, -2.0F}));
  EXPECT_EQ(output.map, (std::vector<float>{0.0F, 4.0F}));
}

TEST(RelevanceCam, AveragesWhereTheCompositeSaysSo) {
  MethodInput input = kInput;
  input.mean_weights = true;
  EXPECT_EQ(testing::make_map(find_method("relevance-cam"), input).weights,
            (std::vector<float>{2.0F, -1.0F}));
}

TEST(Methods, AnUnknownNameListsTheValidOnes) {
  const std::string message =
      testing::refusal(ErrorCode::InvalidOption, [] { find_method("gradcam"); });
  EXPECT_NE(message.find("grad-cam"), std::string::npos) << message;
}

}  // namespace
}  // namespace relcam
