#include "canonizers/find_token_grids.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "ops/op.h"
#include "ops/slice_ranges.h"

namespace relcam {
namespace {

using Grid = std::optional<TokenGrid>;

/// Axes of two shapes that hold the same elements: all axes but those of length 1.
struct AxisGroup {
  std::vector<std::size_t> from;
  std::vector<std::size_t> to;
};

/// The smallest groups of neighbouring axes that a Reshape keeps together.
std::vector<AxisGroup> axis_groups(const Shape& from, const Shape& to) {
  std::vector<AxisGroup> groups;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < from.size() || j < to.size()) {
    AxisGroup group;
    std::int64_t behind = 1;  // elements taken of `from` over those of `to`
    std::int64_t ahead = 1;
    do {
      if (i < from.size() && (behind <= ahead || j == to.size())) {
        if (from[i] != 1) group.from.push_back(i);
        behind *= from[i++];
      } else {
        if (to[j] != 1) group.to.push_back(j);
        ahead *= to[j++];
      }
    } while (behind != ahead && (i < from.size() || j < to.size()));
    groups.push_back(std::move(group));
  }
  return groups;
}

/// A grid whose cells hold rows and columns of their own, on axes that have not joined others yet.
struct SplitGrid {
  TokenGrid cells;
  std::array<std::size_t, 2> within = {};
};

class GridFinder {
 public:
  explicit GridFinder(Graph& graph) : graph_(graph) {}

  void run() {
    for (const ValueId input : graph_.inputs) mark_input(input);
    for (const Node& node : graph_.nodes) {
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const ValueId output = node.outputs[i];
        if (output == kNoValue || is_image(graph_.value(output))) continue;
        if (const Grid grid = grid_of_output({graph_, node}, i)) {
          graph_.token_grids.emplace(output, *grid);
        }
      }
      follow_split({graph_, node});
    }
  }

 private:
  static bool is_image(const Value& value) {
    return value.layout == Layout::ChannelsLast && value.shape;
  }

  /// An input of rank 4 that no convolution reads: NHWC where that is what the sizes say.
  void mark_input(ValueId input) {
    const Value& value = graph_.value(input);
    if (!value.shape || value.shape->size() != 4 || value.shape->front() != 1) return;
    const Shape& shape = *value.shape;
    if (is_image(value)) return;
    const bool nhwc = shape[3] <= 4 && shape[1] > 4;
    const std::size_t row = nhwc ? 1 : 2;
    graph_.token_grids.emplace(input, TokenGrid{.row_axis = row,
                                                .column_axis = row + 1,
                                                .rows = shape[row],
                                                .columns = shape[row + 1]});
  }

  Grid grid_of(ValueId id) const {
    if (id == kNoValue) return {};
    const Value& value = graph_.value(id);
    if (is_image(value)) {
      const Shape& shape = *value.shape;
      if (shape[0] != 1 || shape[1] * shape[2] < 2) return {};
      return TokenGrid{.row_axis = 1, .column_axis = 2, .rows = shape[1], .columns = shape[2]};
    }
    const auto found = graph_.token_grids.find(id);
    return found == graph_.token_grids.end() || found->second.rows == 0 ? Grid() : found->second;
  }

  Grid grid_of_output(const NodeView& view, std::size_t output) const {
    const std::string_view type = view.node.op_type;
    const Shape& to = view.output_shape(output);
    if (type == "Concat") return concatenated(view);
    const ValueId input = view.node.inputs.empty() ? kNoValue : view.node.inputs[0];
    const Grid grid = grid_of(input);
    const bool reshapes =
        type == "Reshape" || type == "Flatten" || type == "Squeeze" || type == "Unsqueeze";
    const auto split_grid = split_.find(input);
    if (reshapes && split_grid != split_.end()) {
      return joined(split_grid->second, view.input_shape(0), to);
    }
    if (reshapes || type == "Transpose" || type == "Gather" || type == "Slice" || type == "Split") {
      if (!grid) return {};
      if (reshapes) return reshaped(*grid, view.input_shape(0), to);
      if (type == "Transpose") return transposed(*grid, view);
      if (type == "Gather") return gathered(*grid, view);
      return type == "Slice" ? sliced(*grid, slice_ranges(view)) : split(*grid, view, output);
    }
    if (type == "MatMul" || type == "Gemm") {
      const std::size_t inner = view.input_shape(0).size() - 1;
      if (!grid || grid->row_axis == inner || grid->column_axis == inner) return {};
      return broadcast(*grid, view.input_shape(0), to);
    }
    return computed(view, to);
  }

  /// Of pointwise operators, normalisations and reductions of other axes.
  Grid computed(const NodeView& view, const Shape& to) const {
    for (std::size_t i = 0; i < view.input_count(); ++i) {
      const Grid grid = grid_of(view.node.inputs[i]);
      if (!grid) continue;
      if (const Grid result = broadcast(*grid, view.input_shape(i), to)) return result;
    }
    return {};
  }

  /// If the axes of the grid are those of the result as well, counted from the last.
  static Grid broadcast(TokenGrid grid, const Shape& from, const Shape& to) {
    if (to.size() < from.size()) return {};
    const std::size_t shift = to.size() - from.size();
    if (to[grid.row_axis + shift] != from[grid.row_axis]) return {};
    if (to[grid.column_axis + shift] != from[grid.column_axis]) return {};
    grid.row_axis += shift;
    grid.column_axis += shift;
    return grid;
  }

  static Grid reshaped(const TokenGrid& grid, const Shape& from, const Shape& to) {
    TokenGrid result = grid;
    bool found_row = false;
    bool found_column = false;
    for (const AxisGroup& group : axis_groups(from, to)) {
      const bool has_row = std::ranges::count(group.from, grid.row_axis) != 0;
      const bool has_column = std::ranges::count(group.from, grid.column_axis) != 0;
      if (!has_row && !has_column) continue;
      found_row = found_row || has_row;
      found_column = found_column || has_column;
      const std::size_t wanted = has_row && has_column && !grid.is_token_axis() ? 2 : 1;
      if (group.from.size() != wanted) return {};
      const bool splits = grid.is_token_axis() && group.to.size() == 2 && grid.prefix == 0 &&
                          to[group.to[0]] == grid.rows && to[group.to[1]] == grid.columns;
      if (group.to.size() != 1 && !splits) return {};
      if (wanted == 2 && grid.row_axis > grid.column_axis) return {};
      if (has_row) result.row_axis = group.to.front();
      if (has_column) result.column_axis = group.to.back();
    }
    return found_row && found_column ? Grid(result) : Grid();
  }

  /// Where a Transpose puts an axis.
  static std::size_t moved(std::size_t axis, const NodeView& view) {
    const std::size_t rank = view.input_shape(0).size();
    const std::vector<std::int64_t> axes = view.node.integers("perm", {});
    if (axes.empty()) return rank - 1 - axis;
    const auto found = std::ranges::find_if(
        axes, [&](std::int64_t from) { return normalized_axis(from, rank) == axis; });
    return static_cast<std::size_t>(found - axes.begin());
  }

  static TokenGrid transposed(TokenGrid grid, const NodeView& view) {
    grid.row_axis = moved(grid.row_axis, view);
    grid.column_axis = moved(grid.column_axis, view);
    return grid;
  }

  /// Rows and columns that a Reshape splits, and where a Transpose puts their parts.
  void follow_split(const NodeView& view) {
    const std::string_view type = view.node.op_type;
    if (type == "Reshape") {
      const Grid grid = grid_of(view.node.inputs[0]);
      if (grid) split_axes(*grid, view);
    } else if (type == "Transpose") {
      const auto found = split_.find(view.node.inputs[0]);
      if (found == split_.end()) return;
      const auto& [cells, within] = found->second;
      split_[view.node.outputs[0]] = {transposed(cells, view),
                                      {moved(within[0], view), moved(within[1], view)}};
    }
  }

  void split_axes(const TokenGrid& grid, const NodeView& reshape) {
    const Shape& to = reshape.output_shape(0);
    std::vector<std::size_t> axes;  // of rows of cells, rows in them, columns of cells, columns
    for (const AxisGroup& group : axis_groups(reshape.input_shape(0), to)) {
      const bool has_row = std::ranges::count(group.from, grid.row_axis) != 0;
      const bool has_column = std::ranges::count(group.from, grid.column_axis) != 0;
      if (!has_row && !has_column) continue;
      const std::size_t wanted = grid.is_token_axis() ? 4 : 2;
      if (group.from.size() != 1 || group.to.size() != wanted) return;
      axes.insert(has_row ? axes.begin() : axes.end(), group.to.begin(), group.to.end());
    }
    if (axes.size() != 4 || grid.prefix != 0 || to[axes[0]] * to[axes[1]] != grid.rows) return;
    const TokenGrid cells{.row_axis = axes[0],
                          .column_axis = axes[2],
                          .prefix = 0,
                          .rows = to[axes[0]],
                          .columns = to[axes[2]]};
    split_[reshape.node.outputs[0]] = {cells, {axes[1], axes[3]}};
  }

  /// The cells become patches where what is within joins the channels; alone, it makes windows.
  static Grid joined(const SplitGrid& split, const Shape& from, const Shape& to) {
    const auto is_long = [](std::int64_t extent) { return extent != 1; };
    const bool has_channels = std::ranges::count_if(from, is_long) > 4;
    for (const AxisGroup& group : axis_groups(from, to)) {
      const auto is_within = [&](std::size_t axis) {
        return std::ranges::count(split.within, axis) != 0;
      };
      if (group.from.empty() || !has_channels) continue;
      if (std::ranges::all_of(group.from, is_within)) return {};
    }
    return reshaped(split.cells, from, to);
  }

  static TokenGrid only_prefix() { return {}; }

  /// A Gather of other axes, or of tokens before the grid.
  static Grid gathered(TokenGrid grid, const NodeView& view) {
    const std::size_t axis =
        normalized_axis(view.node.integer("axis", 0), view.input_shape(0).size());
    if (axis == grid.row_axis || axis == grid.column_axis) {
      const std::vector<std::int64_t> indices = view.constant(1)->ints();
      const bool before = std::ranges::all_of(
          indices, [&](std::int64_t index) { return index >= 0 && index < grid.prefix; });
      return before ? Grid(only_prefix()) : Grid();
    }
    for (std::size_t* of_grid : {&grid.row_axis, &grid.column_axis}) {
      if (*of_grid > axis) *of_grid += view.input_shape(1).size() - 1;
    }
    return grid;
  }

  static Grid sliced(TokenGrid grid, const std::vector<SliceRange>& ranges) {
    const SliceRange& rows = ranges[grid.row_axis];
    const SliceRange& columns = ranges[grid.column_axis];
    if (grid.is_token_axis()) return sliced_tokens(grid, rows);
    // Every second row, as patches are merged: a coarser grid.
    const auto thinned = [](const SliceRange& range, std::int64_t extent) {
      return range.step > 0 && range.begin < range.step &&
             range.count == (extent - range.begin + range.step - 1) / range.step;
    };
    if (!thinned(rows, grid.rows) || !thinned(columns, grid.columns)) return {};
    grid.rows = rows.count;
    grid.columns = columns.count;
    return grid;
  }

  static Grid sliced_tokens(TokenGrid grid, const SliceRange& range) {
    const std::int64_t last = range.begin + (range.count - 1) * range.step;
    if (std::max(range.begin, last) < grid.prefix) return only_prefix();
    const std::int64_t end = range.begin + range.count;
    if (range.step != 1 || range.begin > grid.prefix || end < grid.prefix + grid.patches())
      return {};
    grid.prefix -= range.begin;
    return grid;
  }

  static Grid split(const TokenGrid& grid, const NodeView& view, std::size_t output) {
    std::vector<SliceRange> ranges;
    for (const std::int64_t extent : view.output_shape(output)) ranges.push_back({0, extent, 1});
    const std::size_t axis = normalized_axis(view.node.integer("axis", 0), ranges.size());
    for (std::size_t i = 0; i < output; ++i) {
      ranges[axis].begin += view.output_shape(i)[axis];
    }
    return sliced(grid, ranges);
  }

  /// Along channels, or of one grid with other tokens before and after.
  Grid concatenated(const NodeView& view) const {
    const Shape& to = view.output_shape(0);
    const std::size_t axis = normalized_axis(view.node.integer("axis", 0), to.size());
    Grid result;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < view.input_count(); ++i) {
      const Grid grid = grid_of(view.node.inputs[i]);
      const bool along = grid && (grid->row_axis == axis || grid->column_axis == axis);
      if (along && (result || !grid->is_token_axis())) return {};
      if (grid && !result) {
        result = grid;
        if (along) result->prefix += before;
      }
      before += view.input_shape(i)[axis];
    }
    return result;
  }

  Graph& graph_;
  std::map<ValueId, SplitGrid> split_;
};

}  // namespace

void find_token_grids(Graph& graph) { GridFinder(graph).run(); }

}  // namespace relcam
