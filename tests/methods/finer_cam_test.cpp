#include <gtest/gtest.h>

#include "support/sample_layer.h"

namespace relcam {
namespace {

TEST(FinerCam, IsGradCamFromAnotherStart) {
  const testing::SampleLayer layer;
  const CamOutput got = layer.run("finer-cam");
  const CamOutput want = layer.run("grad-cam");
  EXPECT_EQ(got.weights, want.weights);
  EXPECT_EQ(got.map, want.map);
  EXPECT_EQ(find_method("finer-cam").default_start, "finer");
}

}  // namespace
}  // namespace relcam
