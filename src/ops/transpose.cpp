#include <array>
#include <numeric>

#include "base/error.h"
#include "ops/checks.h"
#include "ops/roster.h"
#include "ops/routing.h"

namespace relcam {
namespace {

/// Output axis i is input axis permutation[i]; the default reverses all axes.
std::vector<std::size_t> permutation_of(const NodeView& view) {
  const std::size_t rank = view.input_shape(0).size();
  std::vector<std::int64_t> reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const std::vector<std::int64_t> listed = view.node.integers("perm", reversed);
  if (listed.size() != rank || checked_axes(view, listed, rank).size() != rank) {
    refuse(view, "its 'perm' does not permute the axes of " + to_string(view.input_shape(0)));
  }
  std::vector<std::size_t> permutation;
  for (const std::int64_t axis : listed) permutation.push_back(checked_axis(view, axis, rank));
  return permutation;
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 1, 1);
  Shape output;
  for (const std::size_t axis : permutation_of(view)) output.push_back(view.input_shape(0)[axis]);
  return one_output(view, std::move(output), view.input(0).dtype);
}

IndexMap map_of(const NodeView& view) {
  const Shape& input = view.input_shape(0);
  const std::vector<std::int64_t> strides = row_major_strides(input);
  std::vector<IndexMap::Axis> axes;
  for (const std::size_t axis : permutation_of(view)) {
    axes.push_back({.count = input[axis], .stride = strides[axis]});
  }
  return IndexMap(std::move(axes));
}

}  // namespace

std::span<const Op> transpose_ops() {
  static const std::array ops = {Op{.type = "Transpose",
                                    .kind = route_kind,
                                    .infer = infer,
                                    .fold = fold_gathering<infer, map_of>,
                                    .prepare = prepare_gathering<map_of>,
                                    .non_negative = route_is_non_negative}};
  return ops;
}

}  // namespace relcam
