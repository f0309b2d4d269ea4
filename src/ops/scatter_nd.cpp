#include <algorithm>
#include <array>

#include "base/error.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

Kind kind(const NodeView&) { return Kind::Blind; }

/// The last axis of `indices` addresses a slice of `data`.
std::size_t depth_of(const NodeView& view) {
  const Shape& indices = view.input_shape(1);
  if (indices.empty()) refuse(view, "its indices need an axis");
  const auto depth = static_cast<std::size_t>(indices.back());
  if (depth > view.input_shape(0).size()) {
    refuse(view, "its indices address more axes than its data has");
  }
  return depth;
}

std::vector<InferredValue> infer(const NodeView& view) {
  expect_inputs(view, 3, 3);
  if (view.node.text("reduction", "none") != "none") {
    refuse_unsupported(view, "its reduction is not supported");
  }
  if (is_floating(view.input(0).dtype) != is_floating(view.input(2).dtype)) {
    refuse(view, "its data and updates differ in type");
  }
  const Shape& data = view.input_shape(0);
  const Shape& indices = view.input_shape(1);
  const auto depth = static_cast<std::ptrdiff_t>(depth_of(view));
  Shape updates(indices.begin(), indices.end() - 1);
  updates.insert(updates.end(), data.begin() + depth, data.end());
  if (updates != view.input_shape(2)) {
    refuse(view, "its updates should have shape " + to_string(updates) + ", not " +
                     to_string(view.input_shape(2)));
  }
  return one_output(view, data, view.input(0).dtype);
}

/// Offsets of the slices that the indices address.
std::vector<std::size_t> slice_offsets(const NodeView& view) {
  const Shape& data = view.input_shape(0);
  const std::vector<std::int64_t> strides = row_major_strides(data);
  const std::vector<std::int64_t> indices = view.constant(1)->ints();
  const std::size_t depth = depth_of(view);
  if (depth == 0) refuse(view, "its indices address no axis");
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < indices.size(); i += depth) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < depth; ++axis) {
      const std::int64_t index = indices[i + axis];
      if (index < -data[axis] || index >= data[axis]) {
        refuse(view, "its index " + std::to_string(index) + " is outside an axis of " +
                         std::to_string(data[axis]));
      }
      offset += (index < 0 ? index + data[axis] : index) * strides[axis];
    }
    offsets.push_back(static_cast<std::size_t>(offset));
  }
  return offsets;
}

template <typename T>
Constant scattered(const NodeView& view, Elements<T> data, const Elements<T>& updates) {
  const std::vector<std::size_t> offsets = slice_offsets(view);
  if (offsets.empty()) return to_constant(std::move(data));
  const std::size_t length = updates.values.size() / offsets.size();
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const auto from = updates.values.begin() + static_cast<std::ptrdiff_t>(i * length);
    std::copy_n(from, length, data.values.begin() + static_cast<std::ptrdiff_t>(offsets[i]));
  }
  return to_constant(std::move(data));
}

std::vector<Constant> fold(const NodeView& view) {
  const Constant& data = *view.constant(0);
  const Constant& updates = *view.constant(2);
  if (is_floating(data.dtype())) return {scattered(view, floats_of(data), floats_of(updates))};
  return {scattered(view, integers_of(data), integers_of(updates))};
}

}  // namespace

std::span<const Op> scatter_nd_ops() {
  static const std::array ops = {
      Op{.type = "ScatterND", .kind = kind, .infer = infer, .fold = fold}};
  return ops;
}

}  // namespace relcam
