#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

TEST(SegEigenCam, ProjectsOnTheFirstPrincipalDirection) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const SampleLayer layer(seed);
    testing::Matrix rows(layer.positions(), std::vector<double>(layer.channels));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t c = 0; c < layer.channels; ++c)
        rows[i][c] = std::abs(layer.g(i, c)) * layer.a(i, c);
    }
    const CamOutput output = layer.run("segeigen-cam");
    testing::expect_close_up_to_sign(output.map, testing::principal_twin(rows));
    EXPECT_TRUE(output.weights.empty());
  }
}

TEST(SegEigenCam, ItsLargestMagnitudeIsPositive) {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    const std::vector<float> map = SampleLayer(seed).run("segeigen-cam").map;
    EXPECT_GE(std::ranges::max(map), -std::ranges::min(map));
  }
}

}  // namespace
}  // namespace relcam
