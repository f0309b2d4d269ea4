#include <gtest/gtest.h>

#include "base/error.h"
#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/refusal.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

std::vector<double> mean_gradients(const SampleLayer& layer) {
  std::vector<double> weights(layer.channels, 0.0);
  for (std::size_t c = 0; c < layer.channels; ++c) {
    for (std::size_t i = 0; i < layer.positions(); ++i) weights[c] += layer.g(i, c);
    weights[c] /= static_cast<double>(layer.positions());
  }
  return weights;
}

TEST(GradCam, WeighsByTheMeanGradient) {
  const SampleLayer layer;
  const std::vector<double> weights = mean_gradients(layer);
  std::vector<double> map(layer.positions(), 0.0);
  for (std::size_t i = 0; i < map.size(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) map[i] += weights[c] * layer.a(i, c);
  }
  const CamOutput output = layer.run("grad-cam");
  testing::expect_close(output.weights, weights);
  testing::expect_close(output.map, map);
}

TEST(GradCam, EigenSmoothTakesThePrincipalDirectionOfTheWeightedActivations) {
  const SampleLayer layer;
  const std::vector<double> weights = mean_gradients(layer);
  testing::Matrix rows(layer.positions(), std::vector<double>(layer.channels));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) rows[i][c] = weights[c] * layer.a(i, c);
  }
  const CamOutput output = layer.run("grad-cam", {{"eigen-smooth", "yes"}});
  testing::expect_close_up_to_sign(output.map, testing::principal_twin(rows));
  testing::expect_close(output.weights, weights);
}

TEST(GradCam, RefusesAnotherWordForEigenSmooth) {
  const std::string message = testing::refusal(
      ErrorCode::InvalidOption, [] { SampleLayer().run("grad-cam", {{"eigen-smooth", "maybe"}}); });
  EXPECT_NE(message.find("no, yes"), std::string::npos) << message;
}

}  // namespace
}  // namespace relcam
