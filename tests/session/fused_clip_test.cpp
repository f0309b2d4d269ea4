#include <gtest/gtest.h>

#include "session/session.h"
#include "support/onnx_builder.h"

namespace relcam {
namespace {

/// MobileNets share the constant limits of all their clips.
TEST(Session, ClipsWithSharedConstantLimitsRunInsideTheirConvolutions) {
  const ByteView model = testing::OnnxBuilder(13)
                             .input("x", {1, 1, 2, 2})
                             .floats("weight", {1, 1, 1, 1}, {2.0F})
                             .floats("low", {1}, {0.0F})
                             .floats("high", {1}, {6.0F})
                             .node("Conv", {"x", "weight"}, {"a"})
                             .node("Clip", {"a", "low", "high"}, {"b"})
                             .node("Conv", {"b", "weight"}, {"c"})
                             .node("Clip", {"c", "low", "high"}, {"d"})
                             .node("Flatten", {"d"}, {"y"})
                             .output("y")
                             .bytes();
  Session session = Session::load(model, {});
  session.set_input(std::vector<float>{-1.0F, 1.0F, 2.0F, 5.0F});
  const auto job = session.start_forward();
  while (job->step()) continue;
  EXPECT_EQ(session.output("y"), (std::vector<float>{0.0F, 4.0F, 6.0F, 6.0F}));
}

}  // namespace
}  // namespace relcam
