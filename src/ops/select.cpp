#include <algorithm>
#include <array>
#include <numeric>

#include "kernels/broadcast.h"
#include "kernels/index_map.h"
#include "ops/checks.h"
#include "ops/decomposition.h"
#include "ops/roster.h"

namespace relcam {
namespace {

/// GatherElements, GatherND and Trilu: elements that known indices choose.

std::vector<std::int64_t> checked_indices(const NodeView& view) {
  const Constant& constant = required_constant(view, 1, "indices");
  if (is_floating(constant.dtype())) refuse(view, "its indices should be integers");
  return constant.ints();
}

bool decompose_gather_elements(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 2, 2);
  expect_outputs(view, 1);
  const Shape& data = view.input_shape(0);
  const Shape& output = view.input_shape(1);
  const std::size_t axis = checked_axis(view, view.node.integer("axis", 0), data.size());
  std::vector<std::int64_t> indices = checked_indices(view);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (output.size() != data.size() || (i != axis && output[i] > data[i])) {
      refuse(view, "its indices " + to_string(output) + " do not fit its data " + to_string(data));
    }
  }
  selected_count(view, output);
  const std::vector<std::int64_t> strides = row_major_strides(data);
  for_each_element(output, [&](std::size_t i, const std::vector<std::int64_t>& at) {
    const std::int64_t within = checked_index(view, indices[i], data[axis]);
    indices[i] = std::inner_product(at.begin(), at.end(), strides.begin(), std::int64_t{0}) +
                 (within - at[axis]) * strides[axis];
  });
  to.finish_selected({to.input(0)}, std::move(indices), output);
  return true;
}

/// Axes that data and indices of a GatherND share, before the ones that indices address.
std::size_t checked_batch_axes(const NodeView& view) {
  const Shape& data = view.input_shape(0);
  const Shape& indices = view.input_shape(1);
  const std::int64_t batch_axes = view.node.integer("batch_dims", 0);
  const auto first = static_cast<std::size_t>(batch_axes);
  const auto index_batch = std::span(indices).first(std::min(first, indices.size()));
  if (indices.empty() || batch_axes < 0 || first >= indices.size() || indices.back() < 1 ||
      indices.back() > static_cast<std::int64_t>(data.size()) - batch_axes ||
      !std::ranges::equal(index_batch, std::span(data).first(first))) {
    refuse(view, "its indices " + to_string(indices) + " do not fit its data " + to_string(data));
  }
  return first;
}

/// The last axis of the indices addresses a slice of each of the data's batches.
bool decompose_gather_nd(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 2, 2);
  expect_outputs(view, 1);
  const Shape& data = view.input_shape(0);
  const Shape& indices = view.input_shape(1);
  const std::size_t first = checked_batch_axes(view);
  const auto depth = static_cast<std::size_t>(indices.back());
  const std::vector<std::int64_t> strides = row_major_strides(data);
  Shape output(indices.begin(), indices.end() - 1);
  const auto sliced = std::span(data).subspan(first + depth);
  const Shape slice(sliced.begin(), sliced.end());
  const auto slice_size = static_cast<std::int64_t>(checked_count(view, slice));
  output.insert(output.end(), slice.begin(), slice.end());
  const std::size_t result_size = selected_count(view, output);

  const std::vector<std::int64_t> values = checked_indices(view);
  std::vector<std::int64_t> selected;
  selected.reserve(result_size);
  for_each_element(Shape(indices.begin(), indices.end() - 1),
                   [&](std::size_t i, const std::vector<std::int64_t>& at) {
                     const auto batch = std::span(at).first(first);
                     std::int64_t offset = std::inner_product(batch.begin(), batch.end(),
                                                              strides.begin(), std::int64_t{0});
                     for (std::size_t k = 0; k < depth; ++k) {
                       offset += checked_index(view, values[i * depth + k], data[first + k]) *
                                 strides[first + k];
                     }
                     for (std::int64_t k = 0; k < slice_size; ++k) {
                       selected.push_back(offset + k);
                     }
                   });
  to.finish_selected({to.input(0)}, std::move(selected), std::move(output));
  return true;
}

/// What lies beyond the diagonal is read from a zero after the data's last element.
bool decompose_trilu(Decomposition& to) {
  const NodeView& view = to.original();
  expect_inputs(view, 1, 2);
  expect_outputs(view, 1);
  const Shape& shape = view.input_shape(0);
  if (shape.size() < 2) refuse(view, "its input " + to_string(shape) + " is not a matrix");
  const bool upper = view.node.integer("upper", 1) != 0;
  std::int64_t diagonal = 0;
  if (view.has_input(1)) {
    const Constant& k = required_constant(view, 1, "k");
    if (k.size() != 1 || is_floating(k.dtype())) refuse(view, "its k should be an integer");
    diagonal = std::clamp(k.ints().front(), -kMaxElements, kMaxElements);
  }
  const std::size_t count = selected_count(view, shape);
  std::vector<std::int64_t> indices(count);
  for_each_element(shape, [&](std::size_t i, const std::vector<std::int64_t>& at) {
    const std::int64_t distance = at.back() - at[at.size() - 2] - diagonal;
    const bool kept = upper ? distance >= 0 : distance <= 0;
    indices[i] = static_cast<std::int64_t>(kept ? i : count);
  });
  const ValueId zero = is_floating(view.input(0).dtype) ? to.number(0.0F)
                                                        : to.constant(Constant::from_ints({}, {0}));
  to.finish_selected({to.input(0), zero}, std::move(indices), shape);
  return true;
}

}  // namespace

std::span<const Op> select_ops() {
  static const std::array ops = {
      Op{.type = "GatherElements", .decompose = decompose_gather_elements},
      Op{.type = "GatherND", .decompose = decompose_gather_nd},
      Op{.type = "Trilu", .decompose = decompose_trilu},
  };
  return ops;
}

}  // namespace relcam
