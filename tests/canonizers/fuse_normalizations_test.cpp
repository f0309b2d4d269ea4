#include "canonizers/fuse_normalizations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/node_fixture.h"
#include "support/written_formula.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using testing::onnx_attribute;
using testing::random_floats;
using testing::WrittenFormula;

using Axes = std::vector<std::int64_t>;

std::string mean(WrittenFormula& f, const std::string& of, const Axes& axes = {-1}) {
  return f("ReduceMean", {of}, {onnx_attribute("axes", axes)});
}

/// sqrt(mean(of^2) + epsilon)
std::string deviation(WrittenFormula& f, const std::string& of, const Axes& axes = {-1}) {
  const std::string squares = f("Pow", {of, f.number(2)});
  return f("Sqrt", {f("Add", {mean(f, squares, axes), f.number(1e-3F)})});
}

/// (x - mean) / deviation
std::string standardized(WrittenFormula& f, const Axes& axes = {-1}) {
  const std::string centred = f("Sub", {"x", mean(f, "x", axes)});
  return f("Div", {centred, deviation(f, centred, axes)});
}

void expect_layer_norm(const WrittenFormula& formula) {
  EXPECT_THAT(formula.operators(), ElementsAre("LayerNormalization"));
  EXPECT_FLOAT_EQ(formula.canonized().nodes.front().number("epsilon", 0), 1e-3F);
  formula.expect_unchanged();
}

TEST(FuseNormalizations, LayerNormWithScaleAndShift) {
  WrittenFormula f({2, 3, 5});
  const std::string scaled = f("Mul", {standardized(f), f.constant({5}, random_floats(5, 1))});
  f("Add", {scaled, f.constant({5}, random_floats(5, 2))});
  expect_layer_norm(f);
}

TEST(FuseNormalizations, OperandsInOtherOrder) {
  WrittenFormula f({2, 3, 5});
  const std::string scaled = f("Mul", {f.constant({1, 5}, random_floats(5, 1)), standardized(f)});
  f("Add", {f.constant({1, 1, 5}, random_floats(5, 2)), scaled});
  expect_layer_norm(f);
}

TEST(FuseNormalizations, WithoutScaleOrShift) {
  WrittenFormula plain({2, 3, 5});
  standardized(plain);
  expect_layer_norm(plain);
  WrittenFormula scaled({2, 3, 5});
  scaled("Mul", {standardized(scaled), scaled.constant({5}, random_floats(5, 1))});
  expect_layer_norm(scaled);
}

TEST(FuseNormalizations, CentredTwiceAndSquaredByMul) {
  WrittenFormula f({2, 3, 5});
  const std::string average = mean(f, "x");
  const std::string centred = f("Sub", {"x", average});
  const std::string again = f("Sub", {"x", average});
  const std::string variance = mean(f, f("Mul", {again, again}));
  const std::string root = f("Sqrt", {f("Add", {f.number(1e-3F), variance})});
  f("Mul", {centred, f("Reciprocal", {root})});
  expect_layer_norm(f);
}

TEST(FuseNormalizations, OverSeveralTrailingAxes) {
  WrittenFormula f({2, 3, 5});
  f("Mul", {standardized(f, {1, 2}), f.constant({3, 5}, random_floats(15, 1))});
  expect_layer_norm(f);
}

TEST(FuseNormalizations, AxesAsInputSinceOpset18) {
  WrittenFormula f({2, 3, 5}, 18);
  const auto mean18 = [&f](const std::string& of) {
    return f("ReduceMean", {of, f.integers({-1})});
  };
  const std::string centred = f("Sub", {"x", mean18("x")});
  const std::string variance = mean18(f("Pow", {centred, f.number(2)}));
  const std::string root = f("Sqrt", {f("Add", {variance, f.number(1e-3F)})});
  f("Mul", {f("Div", {centred, root}), f.constant({5}, random_floats(5, 1))});
  expect_layer_norm(f);
}

/// ConvNeXt's LayerNorm2d: between image operators no layout changes.
TEST(FuseNormalizations, OverTheChannelsOfAnImage) {
  WrittenFormula f({1, 3, 4, 5});
  const std::string unit = f.constant({3, 1, 1, 1}, {1, 2, 3});
  const auto conv = [&](const std::string& of) {
    return f("Conv", {of, unit}, {onnx_attribute("group", std::int64_t{3})});
  };
  const std::string image = conv("x");
  const std::string centred = f("Sub", {image, mean(f, image, {1})});
  const std::string normalised = f("Div", {centred, deviation(f, centred, {1})});
  const std::string scaled = f("Mul", {f.constant({3, 1, 1}, {1, 2, 3}), normalised});
  conv(f("Add", {scaled, f.constant({3, 1, 1}, {3, 1, 2})}));
  EXPECT_THAT(f.operators(),
              ElementsAre("Conv", "Identity", "LayerNormalization", "Identity", "Conv"));
  f.expect_unchanged();
}

TEST(FuseNormalizations, RmsNorm) {
  WrittenFormula divided({2, 3, 5});
  divided("Mul", {divided("Div", {"x", deviation(divided, "x")}),
                  divided.constant({5}, random_floats(5, 1))});
  WrittenFormula multiplied({2, 3, 5});
  const std::string inverse = multiplied("Reciprocal", {deviation(multiplied, "x")});
  multiplied("Mul",
             {multiplied.constant({5}, random_floats(5, 1)), multiplied("Mul", {"x", inverse})});
  WrittenFormula plain({2, 3, 5});
  plain("Mul", {"x", plain("Div", {plain.number(1), deviation(plain, "x")})});
  for (const WrittenFormula* f : {&divided, &multiplied, &plain}) {
    EXPECT_THAT(f->operators(), ElementsAre("RMSNormalization"));
    f->expect_unchanged();
  }
}

void expect_pieces(const WrittenFormula& formula) {
  EXPECT_THAT(formula.operators(), ::testing::Not(::testing::Contains("LayerNormalization")));
  formula.expect_unchanged();
}

TEST(FuseNormalizations, NearMissesStay) {
  WrittenFormula other_axis({2, 3, 5});
  standardized(other_axis, {1});
  expect_pieces(other_axis);

  WrittenFormula differing({2, 5, 5});
  const std::string centred = differing("Sub", {"x", mean(differing, "x", {-1})});
  differing("Div", {centred, deviation(differing, centred, {1, 2})});
  expect_pieces(differing);

  WrittenFormula cubed({2, 3, 5});
  const std::string distance = cubed("Sub", {"x", mean(cubed, "x")});
  const std::string cubes = mean(cubed, cubed("Abs", {cubed("Pow", {distance, cubed.number(3)})}));
  cubed("Div", {distance, cubed("Sqrt", {cubed("Add", {cubes, cubed.number(1)})})});
  expect_pieces(cubed);

  WrittenFormula added({2, 3, 5});
  const std::string sum = added("Add", {"x", mean(added, "x")});
  added("Div", {sum, deviation(added, sum)});
  expect_pieces(added);
}

/// A scale that varies along another axis is no part of the operator.
TEST(FuseNormalizations, OtherScalesStay) {
  WrittenFormula f({2, 5, 5});
  f("Mul", {standardized(f), f.constant({5, 1}, random_floats(5, 1))});
  EXPECT_THAT(f.operators(), ElementsAre("LayerNormalization", "Mul"));
  f.expect_unchanged();
}

}  // namespace
}  // namespace relcam
