#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/expect_map.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

TEST(GradCamPlusPlus, WeighsByAlphaTimesThePositiveGradient) {
  const SampleLayer layer;
  std::vector<double> weights(layer.channels, 0.0);
  std::vector<double> map(layer.positions(), 0.0);
  for (std::size_t c = 0; c < layer.channels; ++c) {
    double sum = 0.0;
    for (std::size_t i = 0; i < layer.positions(); ++i) sum += layer.a(i, c);
    for (std::size_t i = 0; i < layer.positions(); ++i) {
      const double g = layer.g(i, c);
      const double alpha = std::pow(g, 2) / (2.0 * std::pow(g, 2) + sum * std::pow(g, 3) + 1e-6);
      weights[c] += alpha * std::max(g, 0.0);
    }
    for (std::size_t i = 0; i < layer.positions(); ++i) map[i] += weights[c] * layer.a(i, c);
  }
  const CamOutput output = layer.run("grad-cam++");
  testing::expect_close(output.weights, weights);
  testing::expect_close(output.map, map);
}

TEST(GradCamPlusPlus, NegativeGradientsDoNotCount) {
  SampleLayer layer;
  for (float& g : layer.signal) g = -std::abs(g);
  EXPECT_EQ(layer.run("grad-cam++").weights, std::vector<float>(layer.channels, 0.0F));
}

}  // namespace
}  // namespace relcam
