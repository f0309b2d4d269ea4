#include <gtest/gtest.h>

#include "support/expect.h"
#include "support/node_fixture.h"

namespace relcam::testing {
namespace {

/// A row of pixels resized to `width`.
NodeFixture row(const std::string& mode, const std::string& coordinates, std::int64_t from,
                std::int64_t width) {
  NodeFixture node("Resize", 18);
  node.live({1, 1, 1, from})
      .omitted()
      .omitted()
      .constant(Constant::from_ints({4}, {1, 1, 1, width}))
      .attribute("mode", mode)
      .attribute("coordinate_transformation_mode", coordinates);
  return node;
}

/// By hand from the formulas of the ONNX page: 2 pixels become 4.
TEST(Resize, CoordinateModes) {
  const std::vector<float> x = {1, 5};
  const auto linear = [&](const std::string& mode) {
    return row("linear", mode, 2, 4).forward({x})[0];
  };
  expect_near(linear("half_pixel"), {1, 2, 4, 5});
  expect_near(linear("pytorch_half_pixel"), {1, 2, 4, 5});
  expect_near(linear("align_corners"), {1, 1 + 4.0F / 3, 1 + 8.0F / 3, 5});
  expect_near(linear("asymmetric"), {1, 3, 5, 5});
}

TEST(Resize, NearestModes) {
  const auto nearest = [&](const std::string& rounding) {
    NodeFixture node = row("nearest", "half_pixel", 4, 2);
    node.attribute("nearest_mode", rounding);
    return node.forward({{1, 2, 3, 4}})[0];
  };
  EXPECT_EQ(nearest("round_prefer_floor"), (std::vector<float>{1, 3}));
  EXPECT_EQ(nearest("round_prefer_ceil"), (std::vector<float>{2, 4}));
  EXPECT_EQ(nearest("floor"), (std::vector<float>{1, 3}));
  EXPECT_EQ(nearest("ceil"), (std::vector<float>{2, 4}));
}

/// Keys' kernel with a = -0.75, half way between pixels: -3/32, 19/32, 19/32, -3/32.
TEST(Resize, Cubic) {
  NodeFixture node = row("cubic", "half_pixel", 4, 2);
  expect_near(node.forward({{0, 1, 0, 0}})[0], {19.0F / 32, -3.0F / 32});
}

/// The tent is as wide as the shrinking: with scale 1/2 it reaches two pixels to each side.
TEST(Resize, Antialias) {
  NodeFixture node = row("linear", "half_pixel", 8, 4);
  node.attribute("antialias", std::int64_t{1});
  expect_near(node.forward({{0, 0, 0, 8, 0, 0, 0, 0}})[0], {0, 3, 1, 0});
}

/// Rows and columns are resized independently.
TEST(Resize, ImagesOfSeveralChannels) {
  NodeFixture node("Resize", 13);
  node.live({1, 2, 2, 2})
      .omitted()
      .constant(Constant::from_floats({4}, {1, 1, 2, 1}))
      .attribute("mode", std::string("linear"));
  EXPECT_EQ(node.forward({{0, 4, 8, 4, 1, 1, 1, 1}})[0],
            (std::vector<float>{0, 4, 2, 4, 6, 4, 8, 4, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(Resize, AspectRatioIsKept) {
  const auto shape = [](const std::string& policy) {
    NodeFixture node("Resize", 18);
    node.live({1, 1, 10, 20})
        .omitted()
        .omitted()
        .constant(Constant::from_ints({2}, {5, 5}))
        .attribute("axes", std::vector<std::int64_t>{2, 3})
        .attribute("keep_aspect_ratio_policy", policy);
    return node.infer()[0].shape;
  };
  EXPECT_EQ(shape("stretch"), (Shape{1, 1, 5, 5}));
  EXPECT_EQ(shape("not_larger"), (Shape{1, 1, 3, 5}));
  EXPECT_EQ(shape("not_smaller"), (Shape{1, 1, 5, 10}));
}

TEST(Upsample, RepeatsPixels) {
  NodeFixture attribute("Upsample", 7);
  attribute.live({1, 1, 1, 2}).attribute("scales", std::vector<float>{1, 1, 2, 2});
  const std::vector<float> expected = {1, 1, 2, 2, 1, 1, 2, 2};
  EXPECT_EQ(attribute.forward({{1, 2}})[0], expected);
  NodeFixture input("Upsample", 9);
  input.live({1, 1, 1, 2}).constant(Constant::from_floats({4}, {1, 1, 2, 2}));
  EXPECT_EQ(input.forward({{1, 2}})[0], expected);
}

TEST(Resize, RefusesWhatItCannotDo) {
  NodeFixture crop = row("linear", "tf_crop_and_resize", 2, 4);
  expect_error(ErrorCode::UnsupportedOperator, "tf_crop_and_resize", [&] { crop.infer(); });
  NodeFixture nothing("Resize", 13);
  nothing.live({1, 1, 2, 2});
  expect_error(ErrorCode::InvalidModel, "one scale or one size", [&] { nothing.infer(); });
  NodeFixture vast = row("linear", "half_pixel", 2, 1 << 20);
  expect_error(ErrorCode::InvalidModel, "resizes an axis", [&] { vast.infer(); });
  NodeFixture volume("Resize", 13);
  volume.live({2, 2, 2}).omitted().constant(Constant::from_floats({3}, {2, 2, 2}));
  expect_error(ErrorCode::UnsupportedOperator, "two axes", [&] { volume.infer(); });
}

}  // namespace
}  // namespace relcam::testing
