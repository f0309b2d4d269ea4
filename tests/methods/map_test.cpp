#include "methods/map.h"

#include <gtest/gtest.h>

#include "support/sample_layer.h"

namespace relcam {
namespace {

using testing::SampleLayer;

/// Steps that say that there is more.
std::size_t steps_of(std::string_view name, const SampleLayer& layer,
                     const Settings& settings = {}) {
  const Method& method = find_method(name);
  MapMaking making(method, layer.input(method, settings));
  std::size_t steps = 0;
  while (making.step()) ++steps;
  return steps;
}

TEST(MapMaking, SumsAreMadeAtOnce) {
  const SampleLayer layer;
  for (const char* method : {"relevance-cam", "grad-cam", "layer-cam"}) {
    EXPECT_EQ(steps_of(method, layer), 0U) << method;
  }
}

/// One step per product with a matrix, of which no direction of noise is found at once.
TEST(MapMaking, PrincipalDirectionsTakeAStepPerIteration) {
  const SampleLayer layer(1, 10, 10, 40);
  for (const char* method : {"eigen-cam", "eigengrad-cam", "segeigen-cam", "kpca-cam"}) {
    EXPECT_GT(steps_of(method, layer), 5U) << method;
  }
  EXPECT_GT(steps_of("grad-cam", layer, {{"eigen-smooth", "yes"}}), 5U);
}

TEST(MapMaking, FullGradTakesMoreStepsForLargeLayers) {
  EXPECT_GT(steps_of("fullgrad", SampleLayer(1, 600, 600, 4)), steps_of("fullgrad", SampleLayer()));
}

}  // namespace
}  // namespace relcam
