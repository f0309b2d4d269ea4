#include <gtest/gtest.h>

#include <algorithm>

#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

double contribution(double a, double g) { return std::max(g * a, 0.0); }

TEST(ElementwiseGradCam, SumsThePositiveProducts) {
  const SampleLayer layer;
  std::vector<double> map(layer.positions(), 0.0);
  for (std::size_t i = 0; i < layer.positions(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) {
      map[i] += contribution(layer.a(i, c), layer.g(i, c));
    }
  }
  const CamOutput output = layer.run("elementwise-grad-cam");
  testing::expect_close(output.map, map);
  EXPECT_TRUE(output.weights.empty());
}

TEST(ElementwiseGradCam, EigenSmoothTakesTheirPrincipalDirection) {
  const SampleLayer layer;
  testing::Matrix rows(layer.positions(), std::vector<double>(layer.channels));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < layer.channels; ++c) {
      rows[i][c] = contribution(layer.a(i, c), layer.g(i, c));
    }
  }
  testing::expect_close_up_to_sign(layer.run("elementwise-grad-cam", {{"eigen-smooth", "yes"}}).map,
                                   testing::principal_twin(rows));
}

}  // namespace
}  // namespace relcam
