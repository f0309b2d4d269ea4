#include <array>
#include <string>
#include <utility>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// DepthToSpace and SpaceToDepth: blocks of channels become blocks of pixels, and back.

std::int64_t block_of(const NodeView& view) {
  const std::int64_t block = view.node.integer("blocksize", 0);
  if (block < 1 || block > 1 << 15) refuse(view, "its blocksize should be a small number above 0");
  return block;
}

/// Whether the channel index reads (block row, block column, channel), not channel first.
bool blocks_first(const NodeView& view) {
  const std::string mode = view.node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") refuse(view, "its mode should be DCR or CRD");
  return mode == "DCR";
}

const Shape& image_shape(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  if (input.size() != 4) refuse(view, "its input " + to_string(input) + " is not of rank 4");
  return input;
}

std::vector<InferredValue> infer_depth_to_space(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const Shape& input = image_shape(view);
  const std::int64_t block = block_of(view);
  blocks_first(view);
  if (input[1] % (block * block) != 0) refuse(view, "its channels do not divide into blocks");
  return one_output(view,
                    {input[0], input[1] / (block * block), input[2] * block, input[3] * block},
                    view.input(0).dtype);
}

std::vector<InferredValue> infer_space_to_depth(const NodeView& view) {
  expect_inputs(view, 1, 1);
  const Shape& input = image_shape(view);
  const std::int64_t block = block_of(view);
  if (input[2] % block != 0 || input[3] % block != 0) {
    refuse(view, "its image does not divide into blocks");
  }
  return one_output(view, {input[0], input[1] * block * block, input[2] / block, input[3] / block},
                    view.input(0).dtype);
}

/// Extent and stride of an image's axes in memory, whatever its layout.
struct Image {
  IndexMap::Axis batch, channel, row, column;
};

Image image_of(const NodeView& view) {
  const Shape& shape = image_shape(view);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const auto axis = [&](std::size_t i) {
    return IndexMap::Axis{.count = shape[i], .stride = strides[i]};
  };
  if (view.input(0).layout == Layout::ChannelsLast) return {axis(0), axis(3), axis(1), axis(2)};
  return {axis(0), axis(1), axis(2), axis(3)};
}

bool is_channels_last(const NodeView& view) { return view.input(0).layout == Layout::ChannelsLast; }

IndexMap depth_to_space_map(const NodeView& view) {
  const auto [batch, channel, row, column] = image_of(view);
  const std::int64_t block = block_of(view);
  const std::int64_t depth = channel.count / (block * block);
  const bool first = blocks_first(view);
  const IndexMap::Axis output_channel{.count = depth,
                                      .stride = channel.stride * (first ? 1 : block * block)};
  const std::int64_t unit = channel.stride * (first ? depth : 1);
  const IndexMap::Axis block_row{.count = block, .stride = unit * block};
  const IndexMap::Axis block_column{.count = block, .stride = unit};
  if (is_channels_last(view)) {
    return IndexMap({batch, row, block_row, column, block_column, output_channel});
  }
  return IndexMap({batch, output_channel, row, block_row, column, block_column});
}

IndexMap space_to_depth_map(const NodeView& view) {
  const auto [batch, channel, row, column] = image_of(view);
  const std::int64_t block = block_of(view);
  const IndexMap::Axis block_row{.count = block, .stride = row.stride};
  const IndexMap::Axis block_column{.count = block, .stride = column.stride};
  const IndexMap::Axis output_row{.count = row.count / block, .stride = row.stride * block};
  const IndexMap::Axis output_column{.count = column.count / block,
                                     .stride = column.stride * block};
  if (is_channels_last(view)) {
    return IndexMap({batch, output_row, output_column, block_row, block_column, channel});
  }
  return IndexMap({batch, block_row, block_column, channel, output_row, output_column});
}

template <auto infer, auto map_of>
constexpr Op op_of(std::string_view type) {
  return {.type = type,
          .kind = route_kind,
          .layout = LayoutPolicy::Spatial,
          .infer = infer,
          .fold = fold_gathering<infer, map_of>,
          .prepare = prepare_gathering<map_of>,
          .non_negative = route_is_non_negative};
}

}  // namespace

std::span<const Op> depth_to_space_ops() {
  static constexpr std::array ops = {
      op_of<infer_depth_to_space, depth_to_space_map>("DepthToSpace"),
      op_of<infer_space_to_depth, space_to_depth_map>("SpaceToDepth"),
  };
  return ops;
}

}  // namespace relcam
