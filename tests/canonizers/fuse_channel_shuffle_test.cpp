#include "canonizers/fuse_channel_shuffle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/written_formula.h"

namespace relcam {
namespace {

using ::testing::ElementsAre;
using testing::onnx_attribute;
using testing::WrittenFormula;

using Axes = std::vector<std::int64_t>;

/// A convolution, a shuffle of 6 channels, a convolution.
WrittenFormula shuffled(const Axes& split, const Axes& permutation) {
  WrittenFormula f({1, 6, 2, 3});
  const std::string unit = f.constant({6, 1, 1, 1}, {1, 2, 3, 4, 5, 6});
  const auto conv = [&](const std::string& of) {
    return f("Conv", {of, unit}, {onnx_attribute("group", std::int64_t{6})});
  };
  const std::string groups = f("Reshape", {conv("x"), f.integers(split)});
  const std::string swapped = f("Transpose", {groups}, {onnx_attribute("perm", permutation)});
  conv(f("Reshape", {swapped, f.integers({1, 6, 2, 3})}));
  return f;
}

TEST(FuseChannelShuffle, BecomesAGatherInTheLayoutOfImages) {
  for (const Axes& split : {Axes{1, 2, 3, 2, 3}, Axes{1, 3, 2, 2, 3}}) {
    const WrittenFormula f = shuffled(split, {0, 2, 1, 3, 4});
    EXPECT_THAT(f.operators(), ElementsAre("Conv", "Gather", "Conv"));
    f.expect_unchanged();
  }
}

TEST(FuseChannelShuffle, OtherPermutationsStay) {
  const WrittenFormula of_rows = shuffled({1, 6, 1, 2, 3}, {0, 1, 3, 2, 4});
  EXPECT_THAT(of_rows.operators(), ::testing::Not(::testing::Contains("Gather")));
  of_rows.expect_unchanged();
  const WrittenFormula of_all = shuffled({1, 2, 3, 2, 3}, {0, 2, 1, 4, 3});
  EXPECT_THAT(of_all.operators(), ::testing::Not(::testing::Contains("Gather")));
  of_all.expect_unchanged();
}

}  // namespace
}  // namespace relcam
