#include <gtest/gtest.h>

#include "methods/method.h"

namespace relcam {
namespace {

const std::vector<float> kActivation{1.0F, 2.0F, -3.0F, 4.0F};
const std::vector<float> kSignal{1.0F, 0.0F, 3.0F, -2.0F};
const MethodInput kInput{.activation = kActivation, .signal = kSignal};

std::vector<float> attribution(std::string_view method) {
  return find_method(method).attribute(kInput);
}

TEST(Attribution, SomeMethodsAreTheirSignal) {
  for (const char* method : {"gradient", "guided-backprop", "deconvnet", "lrp"}) {
    EXPECT_EQ(attribution(method), kSignal) << method;
  }
}

TEST(Saliency, IsTheMagnitudeOfTheGradient) {
  EXPECT_EQ(attribution("saliency"), (std::vector<float>{1.0F, 0.0F, 3.0F, 2.0F}));
}

TEST(InputXGradient, IsTheProduct) {
  EXPECT_EQ(attribution("input-x-gradient"), (std::vector<float>{1.0F, 0.0F, -9.0F, -8.0F}));
}

/// A 1x2 layer of one channel, a 1x2 input of two: nothing to resize.
TEST(GuidedGradCam, MultipliesThePositiveMapWithEveryChannel) {
  const std::vector<float> activation{2.0F, -3.0F};
  const std::vector<float> gradient{1.0F, 3.0F};
  const std::vector<float> guide{5.0F, -7.0F, 11.0F, 13.0F};
  const std::vector<float> result =
      find_method("guided-grad-cam")
          .attribute({.activation = activation,
                      .signal = gradient,
                      .raster = channels_last_raster(1, 2, 1),
                      .guide = {.values = guide, .raster = channels_last_raster(1, 2, 2)}});
  // The weight is 2, the map (4, -6), and (4, 0) after the ReLU.
  EXPECT_EQ(result, (std::vector<float>{20.0F, -28.0F, 0.0F, 0.0F}));
}

}  // namespace
}  // namespace relcam
