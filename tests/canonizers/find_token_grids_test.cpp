#include "canonizers/find_token_grids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/node_fixture.h"
#include "support/written_formula.h"

namespace relcam {

/// For messages of gtest, and comparisons by value.
bool operator==(const TokenGrid& a, const TokenGrid& b) {
  return a.row_axis == b.row_axis && a.column_axis == b.column_axis && a.prefix == b.prefix &&
         a.rows == b.rows && a.columns == b.columns;
}

namespace {

using testing::onnx_attribute;
using testing::random_floats;
using testing::WrittenFormula;

using Integers = std::vector<std::int64_t>;

/// A model that begins with a convolution of 2 rows and 3 columns of patches, 4 channels each, or
/// `factor` times as many rows and columns.
class PatchedModel : public WrittenFormula {
 public:
  explicit PatchedModel(std::int64_t factor = 1) : WrittenFormula({1, 3, 4 * factor, 6 * factor}) {
    patches = (*this)("Conv", {"x", constant({4, 3, 2, 2}, random_floats(48, 1))},
                      {onnx_attribute("strides", Integers{2, 2})});
  }

  std::string transpose(const std::string& of, const Integers& permutation) {
    return (*this)("Transpose", {of}, {onnx_attribute("perm", permutation)});
  }
  std::string reshape(const std::string& of, const Integers& shape) {
    return (*this)("Reshape", {of, integers(shape)});
  }
  std::string concat(const std::vector<std::string>& of, std::int64_t axis) {
    return (*this)("Concat", of, {onnx_attribute("axis", axis)});
  }
  std::string slice(const std::string& of, std::int64_t begin, std::int64_t end, std::int64_t axis,
                    std::int64_t step = 1) {
    return (*this)("Slice",
                   {of, integers({begin}), integers({end}), integers({axis}), integers({step})});
  }
  /// [1,6,4]
  std::string tokens() { return transpose(reshape(patches, {1, 4, 6}), {0, 2, 1}); }
  /// [1,7,4]
  std::string with_class_token() {
    return concat({constant({1, 1, 4}, random_floats(4, 2)), tokens()}, 1);
  }

  std::optional<TokenGrid> grid(const std::string& name) const {
    const Graph graph = canonized();
    const auto found = graph.token_grids.find(graph.find(name));
    return found == graph.token_grids.end() ? std::optional<TokenGrid>() : found->second;
  }

  std::string patches;
};

constexpr TokenGrid on_axis(std::size_t axis, std::int64_t prefix) {
  return {.row_axis = axis, .column_axis = axis, .prefix = prefix, .rows = 2, .columns = 3};
}

constexpr TokenGrid on_axes(std::size_t rows, std::size_t columns) {
  return {.row_axis = rows, .column_axis = columns, .prefix = 0, .rows = 2, .columns = 3};
}

TEST(FindTokenGrids, PatchesBecomeTokensBehindTheClassToken) {
  PatchedModel model;
  const std::string tokens = model.with_class_token();
  const std::string placed =
      model("Add", {tokens, model.constant({1, 7, 4}, random_floats(28, 3))});
  const std::string hidden =
      model("MatMul", {placed, model.constant({4, 5}, random_floats(20, 4))});
  const std::string active = model("Relu", {hidden});
  for (const std::string& name : {tokens, placed, active}) {
    EXPECT_EQ(model.grid(name), on_axis(1, 1)) << name;
  }
}

TEST(FindTokenGrids, RegistersMayStandBetweenAndBehind) {
  PatchedModel model;
  const std::string all = model.with_class_token();
  const std::string registers = model.constant({1, 2, 4}, random_floats(8, 5));
  const std::string first = model.slice(all, 0, 1, 1);
  const std::string patches = model.slice(all, 1, 1000, 1);
  const std::string between = model.concat({first, registers, patches}, 1);
  const std::string behind = model.concat({between, registers}, 1);
  model("Relu", {behind});
  EXPECT_EQ(model.grid(first), TokenGrid());
  EXPECT_EQ(model.grid(patches), on_axis(1, 0));
  EXPECT_EQ(model.grid(between), on_axis(1, 3));
  EXPECT_EQ(model.grid(behind), on_axis(1, 3));
}

TEST(FindTokenGrids, AxesAreFollowedWhereverTheyGo) {
  PatchedModel model;
  const std::string batch_second = model.transpose(model.with_class_token(), {1, 0, 2});
  const std::string heads = model.reshape(batch_second, {7, 2, 2});
  const std::string by_head = model.transpose(heads, {1, 0, 2});
  const std::string back = model.reshape(model.transpose(by_head, {1, 0, 2}), {7, 4});
  model("Relu", {back});
  EXPECT_EQ(model.grid(batch_second), on_axis(0, 1));
  EXPECT_EQ(model.grid(heads), on_axis(0, 1));
  EXPECT_EQ(model.grid(by_head), on_axis(1, 1));
  EXPECT_EQ(model.grid(back), on_axis(0, 1));
}

TEST(FindTokenGrids, TokensBecomeRowsAndColumnsAndBack) {
  PatchedModel model;
  const std::string image = model.reshape(model.tokens(), {1, 2, 3, 4});
  const std::string tokens = model.reshape(image, {1, 6, 4});
  model("Relu", {tokens});
  EXPECT_EQ(model.grid(image), on_axes(1, 2));
  EXPECT_EQ(model.grid(tokens), on_axis(1, 0));
}

/// Swin's merging of patches: every second row, in turn, joined along the channels.
TEST(FindTokenGrids, EverySecondRowIsACoarserGrid) {
  PatchedModel model;
  const std::string image = model.transpose(model.patches, {0, 2, 3, 1});
  const std::string even = model.slice(image, 0, 1000, 1, 2);
  const std::string odd = model.slice(image, 1, 1000, 1, 2);
  const std::string merged = model.concat({even, odd}, 3);
  model("Relu", {merged});
  EXPECT_EQ(model.grid(image), on_axes(1, 2));
  EXPECT_EQ(model.grid(merged),
            (TokenGrid{.row_axis = 1, .column_axis = 2, .rows = 1, .columns = 3}));
}

/// The same, as one Reshape that gives what is within a patch axes of its own.
TEST(FindTokenGrids, RowsThatJoinTheChannelsLeaveACoarserGrid) {
  PatchedModel model(2);
  const std::string image = model.transpose(model.patches, {0, 2, 3, 1});
  const std::string tokens = model.reshape(image, {1, 24, 4});
  std::vector<std::string> merged;
  for (const std::string& from : {image, tokens}) {
    const std::string split = model.reshape(from, {1, 2, 2, 3, 2, 4});
    const std::string turned = model.transpose(split, {0, 1, 3, 4, 2, 5});
    merged.push_back(model.reshape(turned, {1, 2, 3, 16}));
    EXPECT_FALSE(model.grid(turned));
  }
  model.concat(merged, 3);
  for (const std::string& name : merged) EXPECT_EQ(model.grid(name), on_axes(1, 2)) << name;
}

TEST(FindTokenGrids, CellsAreFollowedThroughTransposes) {
  PatchedModel model(2);
  const std::string split = model.reshape(model.patches, {1, 4, 2, 2, 3, 2});
  const std::string by_cell = model.transpose(split, {2, 4, 0, 1, 3, 5});
  const std::string turned = model.transpose(by_cell, {2, 0, 1, 5, 4, 3});
  const std::string tokens = model.reshape(turned, {1, 6, 16});
  const std::string by_column =
      model.reshape(model.transpose(split, {0, 4, 2, 1, 3, 5}), {1, 6, 16});
  model.concat({tokens, by_column}, 2);
  EXPECT_EQ(model.grid(tokens), on_axis(1, 0));
  EXPECT_FALSE(model.grid(by_column));
}

/// Patches of the picture itself, which a MatMul embeds.
class PatchedPicture : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(PatchedPicture, IsAGridOfTokens) {
  const std::int64_t colours = GetParam();
  WrittenFormula model({1, colours, 4, 6});
  const std::string split = model("Reshape", {"x", model.integers({1, colours, 2, 2, 3, 2})});
  const std::string turned =
      model("Transpose", {split}, {onnx_attribute("perm", Integers{0, 2, 4, 3, 5, 1})});
  const std::string tokens = model("Reshape", {turned, model.integers({1, 6, 4 * colours})});
  const std::string embedded = model(
      "MatMul", {tokens, model.constant({4 * colours, 5},
                                        random_floats(static_cast<std::size_t>(20 * colours), 6))});
  model("Relu", {embedded});
  const Graph graph = model.canonized();
  for (const std::string& name : {tokens, embedded}) {
    ASSERT_TRUE(graph.token_grids.contains(graph.find(name))) << name;
    EXPECT_EQ(graph.token_grids.at(graph.find(name)), on_axis(1, 0)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(FindTokenGrids, PatchedPicture, ::testing::Values(1, 3));

/// MaxViT's: the pixels of a cell, or one pixel of each, attend to each other.
TEST(FindTokenGrids, PixelsOfACellAloneAreNoChannels) {
  PatchedModel model(2);
  const std::string image = model.transpose(model.patches, {0, 2, 3, 1});
  const std::string split = model.reshape(image, {1, 2, 2, 3, 2, 4});
  const std::string of_cell = model.reshape(model.transpose(split, {0, 1, 3, 2, 4, 5}), {6, 4, 4});
  const std::string of_each = model.reshape(model.transpose(split, {0, 2, 4, 1, 3, 5}), {4, 6, 4});
  model.concat({model.reshape(of_cell, {96}), model.reshape(of_each, {96})}, 0);
  EXPECT_FALSE(model.grid(of_cell));
  EXPECT_FALSE(model.grid(of_each));
}

TEST(FindTokenGrids, WindowsAreNoGridUntilAResidualSum) {
  PatchedModel model(2);
  const std::string image = model.transpose(model.patches, {0, 2, 3, 1});
  const std::string split = model.reshape(image, {1, 2, 2, 2, 3, 4});
  const std::string windows = model.reshape(model.transpose(split, {0, 1, 3, 2, 4, 5}), {4, 6, 4});
  const std::string joined = model.reshape(model("Relu", {windows}), {1, 2, 2, 2, 3, 4});
  const std::string back = model.reshape(model.transpose(joined, {0, 1, 3, 2, 4, 5}), {1, 4, 6, 4});
  const std::string sum = model("Add", {back, image});
  model("Relu", {sum});
  EXPECT_FALSE(model.grid(windows));
  EXPECT_FALSE(model.grid(back));
  EXPECT_EQ(model.grid(sum), (TokenGrid{.row_axis = 1, .column_axis = 2, .rows = 4, .columns = 6}));
}

TEST(FindTokenGrids, ShiftsAndCropsAreNoGrid) {
  PatchedModel model;
  const std::string image = model.transpose(model.patches, {0, 2, 3, 1});
  const std::string top = model.slice(image, 0, 1, 1);
  const std::string rolled = model.concat({model.slice(image, 1, 2, 1), top}, 1);
  const std::string some = model.slice(model.tokens(), 0, 5, 1);
  model.concat({model.reshape(rolled, {24}), model.reshape(some, {20})}, 0);
  EXPECT_FALSE(model.grid(top));
  EXPECT_FALSE(model.grid(rolled));
  EXPECT_FALSE(model.grid(some));
}

TEST(FindTokenGrids, PoolsAndTheClassTokenEndIt) {
  PatchedModel model;
  const std::string all = model.with_class_token();
  const std::string mean = model("ReduceMean", {all}, {onnx_attribute("axes", Integers{1})});
  const std::string token =
      model("Gather", {all, model.integers({0})}, {onnx_attribute("axis", std::int64_t{1})});
  model("Add", {mean, token});
  EXPECT_FALSE(model.grid(mean));
  EXPECT_EQ(model.grid(token), TokenGrid());
}

/// However far the next would be.
TEST(FindTokenGrids, TheClassTokenMayBeReadByAStep) {
  PatchedModel model;
  const std::string all = model.with_class_token();
  const std::string token = model.slice(all, 0, 1000, 1, 7);
  const std::string some = model.slice(all, 0, 1000, 1, 3);
  model.concat({token, some}, 1);
  EXPECT_EQ(model.grid(token), TokenGrid());
  EXPECT_FALSE(model.grid(some));
}

/// Queries stand in the rows of the scores; keys and values are summed over.
TEST(FindTokenGrids, AttentionKeepsTheTokensOfTheQueries) {
  PatchedModel model;
  const std::string all = model.with_class_token();
  const std::string scores = model("MatMul", {all, model.transpose(all, {0, 2, 1})});
  const std::string attention = model("Softmax", {scores});
  const std::string mixed = model("MatMul", {attention, all});
  model("Relu", {mixed});
  EXPECT_EQ(model.grid(scores), on_axis(1, 1));
  EXPECT_EQ(model.grid(mixed), on_axis(1, 1));
}

TEST(FindTokenGrids, ImagesOfConvolutionsNeedNone) {
  PatchedModel model;
  model("Relu", {model.patches});
  EXPECT_TRUE(model.canonized().token_grids.empty());
}

}  // namespace
}  // namespace relcam
