#include "rules/rectified.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/dense_rule.h"

namespace relcam {
namespace {

TEST(RectifiedRules, DropTheNegativePartOfWhatTheyPassOn) {
  testing::DenseRule layer(40);
  // An activation of slope 1 for the first half of the units and 0 for the others.
  std::ranges::fill(layer.weights, 0.0F);
  constexpr std::size_t kSize = testing::DenseRule::kInputs;
  for (std::size_t i = 0; i < kSize / 2; ++i) layer.weights[i * kSize + i] = 1.0F;
  const std::vector<float> guided = layer.propagate(*make_guided_rule());
  const std::vector<float> deconvolution = layer.propagate(*make_deconvolution_rule());
  for (std::size_t i = 0; i < guided.size(); ++i) {
    const float positive = std::max(layer.relevance[i], 0.0F);
    EXPECT_EQ(guided[i], i % kSize < kSize / 2 ? positive : 0.0F);
    EXPECT_EQ(deconvolution[i], positive);
  }
}

}  // namespace
}  // namespace relcam
