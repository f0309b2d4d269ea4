#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/fold.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// ScatterND and ScatterElements: data with some elements replaced by updates.

Kind kind(const NodeView&) { return Kind::Blind; }

void check_types(const NodeView& view) {
  expect_inputs(view, 3, 3);
  expect_outputs(view, 1);
  if (view.node.text("reduction", "none") != "none") {
    refuse_unsupported(view, "its reduction is not supported");
  }
  if (is_floating(view.input(0).dtype) != is_floating(view.input(2).dtype)) {
    refuse(view, "its data and updates differ in type");
  }
}

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
  check_types(view);
  required_constant(view, 1, "indices");
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
      offset += checked_index(view, indices[i + axis], data[axis]) * strides[axis];
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

/// Where every element of the result is read: of the data, or behind it of the updates.
std::vector<std::int64_t> own_places(const NodeView& view) {
  std::vector<std::int64_t> places(selected_count(view, view.input_shape(0)));
  std::iota(places.begin(), places.end(), 0);
  return places;
}

bool decompose_nd(Decomposition& to) {
  const NodeView& view = to.original();
  const Shape data = infer(view).front().shape;
  std::vector<std::int64_t> places = own_places(view);
  const std::vector<std::size_t> offsets = slice_offsets(view);
  auto update = static_cast<std::int64_t>(places.size());
  const std::size_t updates = checked_count(view, view.input_shape(2));
  for (const std::size_t offset : offsets) {
    for (std::size_t i = 0; i < updates / offsets.size(); ++i) places[offset + i] = update++;
  }
  to.finish_selected({to.input(0), to.input(2)}, std::move(places), data);
  return true;
}

bool decompose_elements(Decomposition& to) {
  const NodeView& view = to.original();
  check_types(view);
  const Shape& data = view.input_shape(0);
  const Shape& updates = view.input_shape(2);
  const std::size_t axis = checked_axis(view, view.node.integer("axis", 0), data.size());
  const std::vector<std::int64_t> indices = required_constant(view, 1, "indices").ints();
  const bool fits = updates == view.input_shape(1) && updates.size() == data.size() &&
                    std::ranges::equal(updates, data, std::ranges::less_equal{});
  if (!fits) {
    refuse(view, "its updates " + to_string(updates) + " do not fit its data " + to_string(data));
  }
  std::vector<std::int64_t> places = own_places(view);
  const auto first = static_cast<std::int64_t>(places.size());
  const std::vector<std::int64_t> strides = row_major_strides(data);
  for_each_element(updates, [&](std::size_t i, const std::vector<std::int64_t>& at) {
    const std::int64_t index = checked_index(view, indices[i], data[axis]);
    const std::int64_t offset =
        std::inner_product(at.begin(), at.end(), strides.begin(), std::int64_t{0});
    places[static_cast<std::size_t>(offset + (index - at[axis]) * strides[axis])] =
        first + static_cast<std::int64_t>(i);
  });
  to.finish_selected({to.input(0), to.input(2)}, std::move(places), data);
  return true;
}

}  // namespace

std::span<const Op> scatter_nd_ops() {
  static const std::array ops = {
      Op{.type = "ScatterND",
         .kind = kind,
         .infer = infer,
         .fold = fold,
         .decompose = decompose_nd},
      Op{.type = "ScatterElements", .decompose = decompose_elements},
  };
  return ops;
}

}  // namespace relcam
