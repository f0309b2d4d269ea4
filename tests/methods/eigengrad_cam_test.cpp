#include <gtest/gtest.h>

#include "support/expect_map.h"
#include "support/jacobi.h"
#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

TEST(EigenGradCam, ProjectsOnTheFirstPrincipalDirection) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const SampleLayer layer(seed);
    testing::Matrix rows(layer.positions(), std::vector<double>(layer.channels));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t c = 0; c < layer.channels; ++c) rows[i][c] = layer.g(i, c) * layer.a(i, c);
    }
    const CamOutput output = layer.run("eigengrad-cam");
    testing::expect_close_up_to_sign(output.map, testing::principal_twin(rows));
    EXPECT_TRUE(output.weights.empty());
  }
}

}  // namespace
}  // namespace relcam
