#include "canonizers/identity.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace relcam {
namespace {

template <typename Range>
bool all_equal(const Range& values, std::int64_t wanted) {
  return std::ranges::all_of(values, [wanted](std::int64_t value) { return value == wanted; });
}

/// A list that is an attribute in early opsets and a constant input later; empty when absent.
std::vector<std::int64_t> integers(const NodeView& view, std::string_view attribute,
                                   std::size_t input) {
  if (const Constant* constant = view.constant(input)) return constant->ints();
  return view.node.integers(attribute, {});
}

bool always(const NodeView&) { return true; }

bool has_one_input(const NodeView& view) { return view.input_count() == 1; }

bool has_same_shape(const NodeView& view) {
  const auto& output = view.output(0).shape;
  return output && *output == view.input_shape(0);
}

/// Half and single precision are all computed in float32.
bool casts_within_floats(const NodeView& view) {
  const auto is_up_to_float32 = [](DType dtype) {
    return is_floating(dtype) && dtype != DType::Float64;
  };
  constexpr std::array<std::int64_t, 3> kOnnxFloats = {1, 10, 16};
  const bool to_float = std::ranges::count(kOnnxFloats, view.node.integer("to", 0)) > 0;
  return is_up_to_float32(view.input(0).dtype) && to_float;
}

bool pads_nothing(const NodeView& view) {
  const bool may_pad = view.has_input(1) && view.constant(1) == nullptr;
  return !may_pad && all_equal(integers(view, "pads", 1), 0);
}

bool pools_single_elements(const NodeView& view) {
  return view.node.has("kernel_shape") && all_equal(view.node.integers("kernel_shape", {}), 1) &&
         all_equal(view.node.integers("strides", {}), 1) &&
         all_equal(view.node.integers("pads", {}), 0);
}

bool slices_everything(const NodeView& view) {
  return has_same_shape(view) &&
         all_equal(view.has_input(4) ? integers(view, "", 4) : std::vector<std::int64_t>{}, 1);
}

bool keeps_axis_order(const NodeView& view) {
  const std::vector<std::int64_t> permutation = view.node.integers("perm", {});
  return !permutation.empty() && std::ranges::is_sorted(permutation);
}

struct IdentityRow {
  std::string_view op_type;
  bool (*is_identity)(const NodeView&);
};

/// AveragePool is not among them, whatever its window: the norm rule drops what reaches a zero.
constexpr std::array kRows = {
    IdentityRow{"Cast", casts_within_floats},
    IdentityRow{"Concat", has_one_input},
    IdentityRow{"Dropout", always},
    IdentityRow{"Expand", has_same_shape},
    IdentityRow{"Flatten", has_same_shape},
    IdentityRow{"Identity", always},
    IdentityRow{"Max", has_one_input},
    IdentityRow{"MaxPool", pools_single_elements},
    IdentityRow{"Mean", has_one_input},
    IdentityRow{"Min", has_one_input},
    IdentityRow{"Pad", pads_nothing},
    IdentityRow{"Reshape", has_same_shape},
    IdentityRow{"Slice", slices_everything},
    IdentityRow{"Squeeze", has_same_shape},
    IdentityRow{"Sum", has_one_input},
    IdentityRow{"Tile", has_same_shape},
    IdentityRow{"Transpose", keeps_axis_order},
    IdentityRow{"Unsqueeze", has_same_shape},
};

}  // namespace

bool is_identity(const NodeView& view) {
  const auto row = std::ranges::find(kRows, view.node.op_type, &IdentityRow::op_type);
  const bool has_output = !view.node.outputs.empty() && view.node.outputs[0] != kNoValue;
  return row != kRows.end() && view.node.domain.empty() && view.has_input(0) && has_output &&
         row->is_identity(view);
}

}  // namespace relcam
