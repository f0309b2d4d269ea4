#include <array>
#include <utility>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// Expand and Tile: the same element in several places.

std::vector<InferredValue> infer_expand(const NodeView& view) {
  expect_inputs(view, 2, 2);
  required_constant(view, 1, "shape");
  const Shape target = constant_integers(view, 1, "shape", {});
  checked_count(view, target);
  return one_output(view, checked_broadcast(view, view.input_shape(0), target),
                    view.input(0).dtype);
}

IndexMap expand_map(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const Shape output = infer_expand(view).front().shape;
  const std::vector<std::int64_t> strides = row_major_strides(input);
  const std::size_t added = output.size() - input.size();
  std::vector<IndexMap::Axis> axes;
  for (std::size_t i = 0; i < output.size(); ++i) {
    const bool repeats = i < added || input[i - added] == 1;
    axes.push_back({.count = output[i], .stride = repeats ? 0 : strides[i - added]});
  }
  return IndexMap(std::move(axes));
}

std::vector<std::int64_t> repeats_of(const NodeView& view) {
  required_constant(view, 1, "repeats");
  std::vector<std::int64_t> repeats = constant_integers(view, 1, "repeats", {});
  if (repeats.size() != view.input_shape(0).size()) {
    refuse(view, "it has " + std::to_string(repeats.size()) + " repeats for an input of rank " +
                     std::to_string(view.input_shape(0).size()));
  }
  checked_count(view, repeats);
  return repeats;
}

std::vector<InferredValue> infer_tile(const NodeView& view) {
  expect_inputs(view, 2, 2);
  Shape output = view.input_shape(0);
  const std::vector<std::int64_t> repeats = repeats_of(view);
  // Neither factor exceeds kMaxElements = 2^30.
  for (std::size_t i = 0; i < output.size(); ++i) output[i] *= repeats[i];
  return one_output(view, std::move(output), view.input(0).dtype);
}

IndexMap tile_map(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const std::vector<std::int64_t> strides = row_major_strides(input);
  const std::vector<std::int64_t> repeats = repeats_of(view);
  std::vector<IndexMap::Axis> axes;
  for (std::size_t i = 0; i < input.size(); ++i) {
    axes.push_back({.count = repeats[i], .stride = 0});
    axes.push_back({.count = input[i], .stride = strides[i]});
  }
  return IndexMap(std::move(axes));
}

template <auto infer, auto map_of>
constexpr Op op_of(std::string_view type) {
  return {.type = type,
          .kind = route_kind,
          .infer = infer,
          .fold = fold_gathering<infer, map_of>,
          .prepare = prepare_gathering<map_of>,
          .non_negative = route_is_non_negative};
}

}  // namespace

std::span<const Op> expand_ops() {
  static constexpr std::array ops = {
      op_of<infer_expand, expand_map>("Expand"),
      op_of<infer_tile, tile_map>("Tile"),
  };
  return ops;
}

}  // namespace relcam
