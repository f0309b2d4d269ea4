#include "methods/trials.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "methods/method.h"
#include "methods/random.h"

namespace relcam {
namespace {

/// A 2x3 image of two channels, channels first; the same stands for the layer.
class TrialsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Trials> make(std::string_view method, const Settings& settings = {}) {
    const Method& found = find_method(method);
    parameters_ = Parameters(found.parameters, settings);
    return found.rerun.make({.input = values_,
                             .input_raster = raster_,
                             .activation = values_,
                             .layer_raster = raster_,
                             .seed = seed_,
                             .scores = scores_,
                             .parameters = parameters_});
  }

  std::vector<float> altered(const Trials& trials, std::size_t trial) const {
    std::vector<float> values = values_;
    trials.alter(trial, values);
    return values;
  }

  std::vector<float> values_ = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12};
  Raster raster_ = {2, 3, 2, 1, 6};
  std::vector<float> seed_ = {0, 1};
  std::vector<float> scores_ = {-1, 4};
  Parameters parameters_;
};

void feed(Trials& trials, const std::vector<float>& target_scores) {
  for (std::size_t i = 0; i < target_scores.size(); ++i) {
    const std::vector<float> scores = {100.0F, target_scores[i]};
    trials.take(i, {.scores = scores, .gradient = {}});
  }
}

TEST_F(TrialsTest, ScoreCamMasksWithScaledChannelsAndWeighsBySoftmax) {
  const auto trials = make("score-cam");
  ASSERT_EQ(trials->count(), 2U);
  const std::vector<float> masked = altered(*trials, 0);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(masked[i], values_[i] * values_[i] / 5.0F, 1e-5F);
    EXPECT_NEAR(masked[6 + i], values_[6 + i] * values_[i] / 5.0F, 1e-5F);
  }
  feed(*trials, {2.0F, 2.0F + std::log(3.0F)});
  const CamOutput output = trials->finish();
  EXPECT_NEAR(output.weights[0], 0.25F, 1e-6F);
  EXPECT_NEAR(output.weights[1], 0.75F, 1e-6F);
  EXPECT_NEAR(output.map[5], 0.25F * 5.0F + 0.75F * 12.0F, 1e-5F);
}

TEST_F(TrialsTest, AblationCamRemovesAChannelAndWeighsByTheShareLost) {
  const auto trials = make("ablation-cam");
  EXPECT_EQ(altered(*trials, 1), (std::vector<float>{0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0}));
  feed(*trials, {3.0F, 6.0F});
  EXPECT_EQ(trials->finish().weights, (std::vector<float>{0.25F, -0.5F}));
}

TEST_F(TrialsTest, OcclusionAveragesOverWindowsCutOffAtTheBorder) {
  const auto trials = make("occlusion", {{"window", "2"}, {"stride", "1"}, {"baseline", "-1"}});
  ASSERT_EQ(trials->count(), 2U);
  EXPECT_EQ(altered(*trials, 1), (std::vector<float>{0, -1, -1, 3, -1, -1, 6, -1, -1, 9, -1, -1}));
  feed(*trials, {3.0F, 0.0F});
  EXPECT_EQ(trials->finish().map,
            (std::vector<float>{1, 2.5F, 4, 1, 2.5F, 4, 1, 2.5F, 4, 1, 2.5F, 4}));

  const auto wide = make("occlusion", {{"window", "2"}, {"stride", "2"}});
  ASSERT_EQ(wide->count(), 2U);
  EXPECT_EQ(altered(*wide, 1), (std::vector<float>{0, 1, 0, 3, 4, 0, 6, 7, 0, 9, 10, 0}));
}

TEST_F(TrialsTest, RiseWithMasksThatHideNothingGivesTheProbabilityEverywhere) {
  const auto trials = make("rise", {{"masks", "3"}, {"probability", "1"}});
  EXPECT_EQ(altered(*trials, 2), values_);
  for (std::size_t i = 0; i < 3; ++i) {
    trials->take(i, {.scores = std::vector<float>{0.0F, std::log(3.0F)}, .gradient = {}});
  }
  for (const float value : trials->finish().map) EXPECT_NEAR(value, 0.75F, 1e-6F);
}

TEST_F(TrialsTest, RiseMasksLetTheAskedForShareThrough) {
  values_.assign(values_.size(), 1.0F);
  const auto trials = make("rise", {{"masks", "2000"}, {"probability", "0.3"}, {"cells", "2"}});
  double sum = 0.0;
  for (std::size_t i = 0; i < trials->count(); ++i) {
    for (const float value : altered(*trials, i)) {
      ASSERT_GE(value, 0.0F);
      ASSERT_LE(value, 1.0F);
      sum += static_cast<double>(value);
    }
  }
  EXPECT_NEAR(sum / static_cast<double>(trials->count() * values_.size()), 0.3, 0.03);
}

/// Along the way x = t v, the gradient n t^(n-1) of t^n integrates to 1.
TEST_F(TrialsTest, IntegratedGradientsIsExactForPolynomials) {
  values_.assign(values_.size(), 1.0F);
  const auto trials = make("integrated-gradients", {{"steps", "4"}});
  ASSERT_EQ(trials->count(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<float> gradient = altered(*trials, i);
    for (std::size_t n = 0; n < gradient.size(); ++n) {
      const auto power = static_cast<float>(n % 8);
      gradient[n] = (power + 1.0F) * std::pow(gradient[n], power);
    }
    trials->take(i, {.scores = scores_, .gradient = gradient});
  }
  for (const float value : trials->finish().map) EXPECT_NEAR(value, 1.0F, 1e-5F);
}

TEST_F(TrialsTest, NoiseIsNormalWithTheAskedForDeviationAndTheSameForTheSameSeed) {
  const auto trials = make("smoothgrad", {{"samples", "1000"}, {"noise", "0.25"}});
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < trials->count(); ++i) {
    const std::vector<float> noisy = altered(*trials, i);
    for (std::size_t j = 0; j < noisy.size(); ++j) {
      const auto noise = static_cast<double>(noisy[j] - values_[j]);
      sum += noise;
      squares += noise * noise;
    }
  }
  const auto draws = static_cast<double>(trials->count() * values_.size());
  EXPECT_NEAR(sum / draws, 0.0, 0.15);
  EXPECT_NEAR(std::sqrt(squares / draws), 0.25 * 12.0, 0.1);

  const std::vector<float> first = altered(*trials, 1);
  EXPECT_EQ(altered(*make("smoothgrad", {{"noise", "0.25"}}), 1), first);
  EXPECT_NE(altered(*make("smoothgrad", {{"noise", "0.25"}, {"seed", "1"}}), 1), first);
  EXPECT_NE(altered(*make("smoothgrad", {{"noise", "0.25"}}), 2), first);
}

TEST_F(TrialsTest, SmoothgradIsTheMeanGradient) {
  const auto trials = make("smoothgrad", {{"samples", "2"}});
  trials->take(0, {.scores = scores_, .gradient = values_});
  trials->take(1, {.scores = scores_, .gradient = std::vector<float>(values_.size(), 2.0F)});
  const std::vector<float> mean = trials->finish().map;
  for (std::size_t i = 0; i < mean.size(); ++i) EXPECT_EQ(mean[i], (values_[i] + 2.0F) / 2.0F);
}

TEST_F(TrialsTest, SmoothGradCamPlusPlusAveragesDerivativesBeforeTheFormula) {
  const auto trials = make("smooth-grad-cam++", {{"samples", "2"}});
  trials->take(0, {.scores = scores_, .gradient = std::vector<float>(values_.size(), 3.0F)});
  trials->take(1, {.scores = scores_, .gradient = std::vector<float>(values_.size(), -1.0F)});
  // Means of G, G^2 and G^3 are 1, 5 and 13; the first channel sums to 15.
  const CamOutput output = trials->finish();
  EXPECT_NEAR(output.weights[0], 6.0 * 5.0 / (10.0 + 15.0 * 13.0), 1e-6);
}

TEST(Random, IsSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_NE(Random(0, 0).next(), Random(0, 1).next());
  EXPECT_NE(Random(0, 1).next(), Random(1, 0).next());
}

}  // namespace
}  // namespace relcam
