#include <gtest/gtest.h>

#include "support/expect_map.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

TEST(XGradCam, WeighsByTheActivationWeightedGradient) {
  const SampleLayer layer;
  std::vector<double> weights(layer.channels);
  std::vector<double> map(layer.positions(), 0.0);
  for (std::size_t c = 0; c < layer.channels; ++c) {
    double products = 0.0;
    double activations = 0.0;
    for (std::size_t i = 0; i < layer.positions(); ++i) {
      products += layer.g(i, c) * layer.a(i, c);
      activations += layer.a(i, c);
    }
    weights[c] = products / (activations + 1e-7);
    for (std::size_t i = 0; i < layer.positions(); ++i) map[i] += weights[c] * layer.a(i, c);
  }
  const CamOutput output = layer.run("xgrad-cam");
  testing::expect_close(output.weights, weights);
  testing::expect_close(output.map, map);
}

/// The paper's conservation axiom: the map's total is the total of gradient times activation.
TEST(XGradCam, ItsMapSumsToGradientTimesActivation) {
  const SampleLayer layer(5);
  double want = 0.0;
  for (std::size_t i = 0; i < layer.positions(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) want += layer.g(i, c) * layer.a(i, c);
  }
  double got = 0.0;
  for (const float value : layer.run("xgrad-cam").map) got += static_cast<double>(value);
  EXPECT_NEAR(got, want, 1e-4);
}

}  // namespace
}  // namespace relcam
